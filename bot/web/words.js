// Every word that the widget says of its own accord.

export const NAME = "知识产权法律问答";
export const NOTICE = "本服务提供法律信息，不构成法律意见";
export const HELP = "需要人工帮助：知识产权维权援助热线 12330，公共法律服务热线 12348";

export const START = {
  heading: "您想问什么？",
  lead: "用自己的话说就行。专利、著作权、地理标志、集体商标和证明商标，每个回答都注明出自哪一条。",
  questions: "可以这样问",
  checks: "一步一步核对",
  more: (n) => `还有 ${n} 项`,
  privacy: "问答保存在这台设备上，“重新开始”会清除。请不要写姓名、证件号等个人信息。",
};

export const COMPOSER = {
  label: "您的问题",
  placeholder: "例如：别人卖我有专利的产品，怎么办？",
  placeholder_narrow: "写下您的问题",
  send: "发送",
  empty: "请先写下您的问题。",
  busy: "上一个问题还在回答，请稍等。您写的内容会留在这里。",
  left: (n) => `还可以写 ${n} 字`,
  over: (n) => `超出 ${n} 字，请删减后再发送。写好的内容不会丢。`,
};

export const STATES = {
  sending: "正在查找条文……",
  slow: "这个问题比平时慢一些，还在查找，请再等一会儿。",
  offline: "现在没有网络。问题已经留下，联网后会自动发送，也可以点“重试”。",
  unreachable: "连不上服务器，可能正在重启。问题已经留下，恢复后会自动发送，也可以点“重试”。",
  unavailable: "系统正忙或正在重启，这个问题还没有回答。恢复后会自动发送，也可以点“重试”。",
  session_expired: "会话太久没有使用，已经过期。问题还在，点“重试”会在新的会话里发送；助手不再记得前面说过的话。",
  session_invalid: "这个会话不能再用了。问题还在，点“重试”会在新的会话里发送。",
  too_long: (n) => `这段话太长，一次最多 ${n} 字。请复制下来，删减后再发送。`,
  limited: (n) => `问得有点快。请等 ${n} 秒，再点“重试”。`,
  limited_over: "现在可以重试了。",
  origin: "这个网站没有获准使用本服务，请联系网站管理员。",
  other: "这个问题没有发送成功，请点“重试”。",
  lost: "没有等到回答，请点“重试”。",
  retry: "重试",
  edit: "改一改",
  offline_bar: "没有网络，已有的问答可以继续看。",
  back_bar: "网络已恢复。",
  forgotten: "服务器重启过，上面的问答只留在这台设备上；助手不再记得，请把要接着问的事说完整。",
};

export const KINDS = {
  answer: "回答",
  provision: "条文",
  related: "可能有关",
  clarify: "请选择",
  question: "核对",
  refuse: "无法回答",
};

export const REASONS_FOR_REFUSAL = {
  no_such_provision: "没有这一条",
  not_held: "没有收录",
  out_of_scope: "不是知识产权问题",
  harmful: "不能提供",
  unclear: "没有看懂",
};

export const ANSWER = {
  you: "您问",
  grounds: "依据",
  grounds_hint: "点开看全文",
  next: "还可以问",
  choose: "请选一个",
  copy: "复制",
  copied: "已复制，含出处",
  not_copied: "没能复制，请手动选择文字",
  announce: (title, summary, n) => `回答：${title ? `${title}。` : ""}${summary}${n ? ` 依据 ${n} 处条文。` : ""}`,
  items: (n) => `${n} 项`,
  governed: (law) => `要查${law}`,
};

export const CHECK = {
  // What the guided checks understand besides the options (actions/guided_checks.py).
  controls: ["不清楚", "为什么问这个", "改一下上一个", "先给结论", "不核对了"],
  options: "选一个回答",
  more: "其他",
  place: (n, behind) => (behind ? `第 ${n} 问，后面最多还有 ${behind} 问` : `第 ${n} 问，最后一问`),
};

export const RATING = {
  up: "有帮助",
  down: "没帮助",
  thanks: "谢谢，已记下。",
  why: "哪里不好？（选一项）",
  reasons: {
    not_answered: "没有回答我的问题",
    wrong_provision: "条文不对",
    hard_to_understand: "看不懂",
    not_enough: "不够具体",
    outdated: "内容过时",
    other: "其他",
  },
  comment: "想补充的话（可以不写）",
  send: "提交",
  cancel: "不写了",
  keeps: "这个问题、回答和您的评价会保存下来，用来改进；不保存您是谁。",
  gone: "服务器重启过，这条回答已不能评价。",
  failed: "没有保存成功，请再试一次。",
};

export const DRAWER = {
  close: "关闭条文",
  loading: "正在取条文……",
  failed: "没能取到条文。",
  again: "再试一次",
  permanent: "打开固定链接",
  versions: "版本",
  refers: "本条提到",
  referred: "提到本条的",
  not_held: "本库没有收录",
  around: "前后条文",
};

export const DISPLAY = {
  name: "显示",
  size: "字号",
  sizes: { normal: "标准", large: "大", larger: "特大" },
  theme: "颜色",
  themes: { auto: "跟随系统", light: "浅色", dark: "深色" },
  contrast: "对比度",
  contrasts: { normal: "标准", more: "高" },
  close: "关闭",
};

export const TOP = { laws: "法律文本", restart: "重新开始", close: "收起", open: "法律问答", log: "问答记录" };

export const RESTART = {
  question: "清除这台设备上的问答，重新开始？",
  yes: "清除并重新开始",
  no: "不清除",
  done: "已重新开始。",
};
