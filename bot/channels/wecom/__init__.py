"""WeCom (企业微信): a self-built application's messages and events, and 微信客服 for people outside the company."""
