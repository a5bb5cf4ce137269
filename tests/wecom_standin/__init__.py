"""A WeCom server to test against: the documented interfaces, limits and error codes, and the callbacks that WeCom sends."""
