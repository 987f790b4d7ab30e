// The desk page. Everything that is shown is put in as text, never as markup; the key of this tab stays in this tab.
"use strict";

const STATES = {
  逾期: "bad", 未读取: "bad", 全部退回: "bad", 错误: "bad",
  到期: "warn", 即将到期: "warn", 部分退回: "warn", 需处理: "warn", 提醒: "warn",
  通过: "ok", 全部接收: "ok", 已完成: "ok",
};
const KEY = "workbench-desk";
const GONE = "工作台已经不在运行，登记册已锁定。请在开始菜单里打开“大客户信息工作台”（没有的，运行 workbench desk），这个页面可以关掉。刚才没有办完的事，打开后先看“今日待办”，再决定要不要重办。";
const LARGEST = 64 * 1024 * 1024;
const at = (id) => document.getElementById(id);
const desk = { key: null, state: null, deed: null, job: null, timer: 0, closed: false };

function made(tag, properties = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (desk.key) headers.Authorization = "Bearer " + desk.key;
  let answer;
  try {
    answer = await fetch(path, { ...options, headers, credentials: "omit", redirect: "error" });
  } catch {
    if (!desk.closed) setTimeout(lookAgain, 700);
    throw new Error("工作台没有回应，正在看它是否还在运行…");
  }
  if (answer.ok) return answer;
  let told = {};
  try { told = await answer.json(); } catch { /* no sentence came with it */ }
  throw new Error(answer.status === 413 ? "文件太大：每个文件最大 64 MB。" : told.error || "没有完成（" + answer.status + "）。");
}
// whether it runs no longer: then nothing of the register stays on the page, as when it is locked
async function lookAgain() {
  if (desk.closed) return;
  try {
    await fetch("/alive", { credentials: "omit", redirect: "error", cache: "no-store" });
  } catch {
    over(GONE);
  }
}

function over(text) {
  desk.closed = true;
  clearInterval(desk.timer);
  sessionStorage.removeItem(KEY);
  for (const part of ["deeds", "form", "progress", "kept", "answer"]) at(part).replaceChildren();
  for (const button of ["unlock", "lock", "close"]) at(button).hidden = true;
  at("who").textContent = "";
  at("answer").append(made("p", { className: "said", textContent: text, role: "alert" }));
}
const read = async (path) => (await ask(path)).json();
const send = async (path, document_) => (await ask(path, { method: "POST", body: JSON.stringify(document_ || {}) })).json();

function wrong(text, place = at("answer")) {
  if (desk.closed) return; // what was under way when the desk was closed
  place.replaceChildren(made("p", { className: "wrong", textContent: text, role: "alert" }));
}

// ---- who unlocked it, and what can be done

async function refresh() {
  if (desk.closed) return;
  const before = desk.state && desk.state.user;
  desk.state = await read("/api/state");
  const { user, register } = desk.state;
  at("who").textContent = user ? `已解锁：${register}　${user}` : "登记册未解锁（检查、更正、取空白表不用解锁）";
  at("unlock").hidden = Boolean(user);
  at("lock").hidden = !user;
  at("close").hidden = false;
  list();
  if (before && !user) {
    if (!desk.keptOf || !desk.keptOf.locked) at("kept").replaceChildren();
    at("answer").replaceChildren();
    if (desk.deed && !desk.deed.locked) open_(desk.deed, "登记册已锁定。");
  }
}

// what the role of who unlocked it does not do is not offered; whether it may be done, the deed itself says
function list() {
  const shown = desk.state.deeds.filter((deed) => deed.offered);
  const known = shown.map((deed) => deed.id).join();
  if (desk.listed === known) return;
  desk.listed = known;
  const focused = document.activeElement && document.activeElement.id;
  at("deeds").replaceChildren(
    ...Object.entries(desk.state.groups).flatMap(([key, title]) => {
      const mine = shown.filter((deed) => deed.group === key).map((deed) =>
        made("button", { type: "button", textContent: deed.label, title: deed.tip, id: "deed-" + deed.id, onclick: () => open_(deed) }));
      return mine.length ? [made("div", { role: "group", "aria-label": title }, made("h2", { textContent: title }), ...mine)] : [];
    }),
  );
  mark();
  if (focused && at(focused)) at(focused).focus();
}

function mark() {
  for (const button of at("deeds").querySelectorAll("button")) {
    if (desk.deed && button.id === "deed-" + desk.deed.id) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
}

// handed: what WPS gave along; it is filled in for the person to see, and nothing is done with it before the button is pressed
async function open_(deed, why = "", given = {}, handed = {}) {
  desk.deed = deed;
  mark();
  at("answer").replaceChildren();
  if (!desk.job) at("progress").replaceChildren();
  const head = made("h2", { textContent: deed.label, tabIndex: -1 });
  try {
    const form = await read("/api/deed/" + deed.id);
    if (desk.deed !== deed || desk.closed) return;
    at("form").replaceChildren(head, made("p", { className: "tip", textContent: deed.tip }));
    if (form.locked) unlocking(why, () => open_(deed, "", given, handed));
    else {
      at("form").append(formed(deed, form, handed));
      const first = form.fields.find((each) => each.kind === "text");
      if (handed.cell && first) given = { [first.name]: handed.cell, ...given };
      for (const [name, value] of Object.entries(given)) if (at("field-" + name)) at("field-" + name).value = value;
      if (form.at_once) doIt(deed, {}, []);
      head.focus();
    }
  } catch (fault) { wrong(fault.message); }
}

function field(label, input) {
  input.id = "field-" + (input.name || label);
  return made("div", { className: "field" }, made("label", { htmlFor: input.id, textContent: label }), input);
}

function unlocking(why, then) {
  const register = made("input", { name: "register", value: desk.state.path, required: true, autocomplete: "off", spellcheck: false });
  const user = made("input", { name: "user", value: desk.state.proposed, autocomplete: "off" });
  const secret = made("input", { name: "passphrase", type: "password", required: true, autocomplete: "off" });
  const button = made("button", { className: "do", type: "submit", textContent: "解锁" });
  const told = made("div");
  const form = made("form", { autocomplete: "off" },
    made("p", { className: "tip", textContent: why + "请用口令解锁登记册；闲置一段时间后自动锁定。口令不会保存。" }),
    field("登记册", register), field("用户", user), field("口令", secret), made("div", {}, button), told);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    told.replaceChildren("正在解锁…");
    const passphrase = secret.value;
    secret.value = "";
    try {
      await send("/api/unlock", { register: register.value, user: user.value, passphrase });
      await refresh();
      then();
    } catch (fault) {
      wrong(fault.message, told);
      button.disabled = false;
      secret.focus();
    }
  });
  at("form").append(form);
  (register.value ? (user.value ? secret : user) : register).focus();
}

// ---- a deed's form

function formed(deed, form, handed) {
  const inputs = new Map(), files = { chosen: [], path: "" };
  const element = made("form", { autocomplete: "off" });
  for (const each of form.fields) {
    if (each.kind === "files") element.append(dropping(files, handed));
    else {
      let input;
      if (each.kind === "choice") input = made("select", { name: each.name }, ...each.choices.map((one) => made("option", { textContent: one, value: one })));
      else input = made("input", { name: each.name, type: each.kind === "secret" ? "password" : "text", value: each.value, required: each.needed, autocomplete: "off" });
      inputs.set(each.name, input);
      element.append(field(each.label, input));
    }
  }
  const word = form.at_once ? "刷新" : deed.label;
  element.append(made("div", {}, made("button", { className: form.at_once ? "" : "do", type: "submit", textContent: word })));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = {};
    for (const [name, input] of inputs) {
      given[name] = input.value;
      if (input.type === "password") input.value = "";
    }
    doIt(deed, given, files.chosen, files.path);
  });
  return element;
}

function dropping(files, handed) {
  const shown = made("ul", { className: "chosen" });
  const input = made("input", { type: "file", multiple: true, id: "field-files" });
  const place = made("label", { className: "drop", htmlFor: "field-files" }, "把文件拖到这里，或选择文件（可多个；压缩包和邮件也可以）", input, shown);
  const take = (list_) => {
    files.chosen = [...list_];
    files.path = "";
    shown.replaceChildren(...files.chosen.map((file) => made("li", { textContent: file.name })));
  };
  if (handed.file) {
    files.path = handed.file;
    shown.append(made("li", { textContent: handed.file }));
    if (handed.unsaved) shown.append(made("li", { className: "tip", textContent: "WPS 里还有没保存的改动：办理的是磁盘上的文件。要算上改动，请先在 WPS 里保存。" }));
  }
  input.addEventListener("change", () => take(input.files));
  for (const name of ["dragover", "dragenter"]) place.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("over"); });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    take(event.dataTransfer.files);
  });
  return place;
}

// ---- doing it

async function uploaded(files, path) {
  const large = files.find((file) => file.size > LARGEST); // before any is sent: what is sent and not used counts
  if (large) throw new Error(`文件太大：${large.name}。每个文件最大 64 MB。`);
  const numbers = path ? [(await send("/api/local", { path })).file] : [];
  for (const [place, file] of files.entries()) {
    working(`正在读入文件 ${place + 1}/${files.length}`, place, files.length, null);
    const answer = await ask("/api/files", { method: "POST", body: file, headers: { "X-Name": encodeURIComponent(file.name) } });
    numbers.push((await answer.json()).file);
  }
  return numbers;
}

function working(what, done, total, cancel) {
  const bar = made("progress", { max: total || 1 });
  if (total) bar.value = done;
  const said = made("p", {}, what ? what + " " : "", bar);
  if (cancel) said.append(" ", made("button", { type: "button", textContent: "取消", onclick: cancel }));
  at("progress").replaceChildren(said);
}

async function finished(deed, given, files) {
  let job = await send("/api/deed/" + deed.id, { given, files });
  const cancel = () => send(`/api/job/${job.job}`).catch(() => {});
  for (let wait = 80; job.state === "running"; wait = Math.min(wait * 1.5, 600)) {
    const count = job.total ? ` ${job.done}/${job.total}` : "";
    const said = (job.what || "正在办理") + count;
    if (job.stopping && !job.final) working(said + "（正在停下，先做完手上这一步）", job.done, job.total, null);
    else working(said, job.done, job.total, job.final ? null : cancel);
    await new Promise((go) => setTimeout(go, wait));
    job = await read(`/api/job/${job.job}`);
  }
  return job;
}

async function doIt(deed, given, files, path = "") {
  if (desk.job) return wrong("上一件还在进行。请等它完成，或先取消。");
  desk.job = true;
  at("answer").replaceChildren();
  try {
    const job = await finished(deed, given, await uploaded(files, path));
    const here = desk.deed === deed || desk.deed === null;
    if (job.state === "done" && job.files.length && !desk.closed) {
      at("kept").replaceChildren(...filed(deed, job));
      desk.keptOf = deed;
    }
    if (here) show(deed, job);
    else if (!desk.closed && (job.state !== "done" || job.files.length)) { // something else was chosen meanwhile
      const said = job.state === "done" ? job.said : [job.error];
      at("kept").prepend(...said.map((text) => made("p", { className: "said", textContent: `${deed.label}：${text}` })));
    }
  } catch (fault) {
    wrong(fault.message);
  } finally {
    desk.job = null;
    at("progress").replaceChildren();
    refresh().catch(() => {});
  }
}

// ---- what it answered

function show(deed, job) {
  if (desk.closed) return;
  if (job.state !== "done") return wrong(job.error);
  const place = at("answer");
  place.replaceChildren(...job.said.map((text) => made("p", { className: "said", textContent: text })));
  for (const table of job.tables) place.append(made("h3", { textContent: table.title }), tabled(table));
  if (job.lines.length) place.append(made("pre", { textContent: job.lines.join("\n").trimEnd() }));
  place.prepend(...place.querySelectorAll(".said"), ...job.cards.map(carded)); // what waits for a person comes before lists
}

const classOf = (text) => `${STATES[text] || ""} ${text.length < 12 ? "short" : ""}`.trim();

function tabled(table) {
  const goes = table.leads_to.some(Boolean);
  const go = (to) => made("td", {}, ...(to ? [made("button", { type: "button", textContent: "去办",
    onclick: () => open_(desk.state.deeds.find((deed) => deed.id === to.deed), "", to.given) })] : []));
  const body = made("tbody", {}, ...table.rows.map((row, place) =>
    made("tr", {}, ...row.map((text) => made("td", { textContent: text, className: classOf(text) })), ...(goes ? [go(table.leads_to[place])] : []))));
  const titles = goes ? [...table.columns, ""] : table.columns;
  const head = made("thead", {}, made("tr", {}, ...titles.map((text) => made("th", { textContent: text, scope: "col" }))));
  return made("div", { className: "scroll" }, made("table", {}, head, body));
}

// beside the answer: what was not taken yet stays there when something else is chosen
function filed(deed, job) {
  const get = (path, name) => async (event) => {
    event.target.disabled = true;
    try {
      const bytes = await (await ask(path)).blob();
      const link = made("a", { href: URL.createObjectURL(bytes), download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch (fault) { wrong(fault.message, at("progress")); }
    event.target.disabled = false;
  };
  const lines = job.files.map((file, place) =>
    made("li", {},
      made("span", { textContent: (file.in === "." ? "" : file.in + "/") + file.name }),
      made("small", { textContent: Math.max(1, Math.round(file.bytes / 1024)) + " KB" }),
      made("button", { type: "button", textContent: "取走", "aria-label": "取走 " + file.name, onclick: get(`/api/file/${job.job}/${place}`, file.name) })));
  const all = made("button", { type: "button", className: "do", textContent: "全部取走（ZIP）", onclick: get(`/api/file/${job.job}/all`, "工作台文件.zip") });
  return [made("h3", { textContent: "可以取走的文件" }), made("p", { className: "tip", textContent: deed.label + (deed.locked ? "：关闭工作台后清除。" : "：锁定（闲置也会锁定）或关闭后清除，请及时取走。") }), ...(lines.length > 1 ? [all] : []), made("ul", { className: "files" }, ...lines)];
}

function carded(card) {
  const rows = card.facts.map((fact) => made("tr", {},
    made("th", { textContent: fact.title, scope: "row" }),
    made("td", { textContent: fact.one, className: fact.differs ? "differs" : "" }),
    ...(card.two ? [made("td", { textContent: fact.other, className: fact.differs ? "differs" : "" })] : [])));
  const head = made("tr", {}, made("th", { textContent: "" }), made("th", { textContent: "这一条", scope: "col" }), made("th", { textContent: "另一条", scope: "col" }));
  const table = made("table", {}, made("colgroup", {}, made("col", { className: "title" })), ...(card.two ? [made("thead", {}, head)] : []), made("tbody", {}, ...rows));
  const inputs = card.fields.map((each) => each.kind === "choice"
    ? made("select", { name: each.name, "aria-label": each.label }, made("option", { value: "", textContent: "选择" + each.label }), ...each.choices.map((one) => made("option", { value: one, textContent: one })))
    : made("input", { name: each.name, value: each.value, placeholder: each.label + (each.needed ? "（必填）" : ""), title: each.label, "aria-label": each.label, autocomplete: "off" }));
  const button = made("button", { className: "do", type: "submit", textContent: card.word });
  const told = made("div");
  const form = made("form", { className: "verdict" }, ...inputs, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = card.fields.filter((each, place) => each.needed && !inputs[place].value.trim()).map((each) => each.label);
    if (missing.length) return wrong(`请填写：${missing.join("、")}。`, told);
    if (desk.job) return wrong("上一件还在进行。请等它完成，或先取消。", told);
    desk.job = true;
    button.disabled = true;
    try {
      const given = { ...card.given, ...Object.fromEntries(inputs.map((input) => [input.name, input.value])) };
      const job = await finished({ id: card.deed }, given, []);
      if (job.state !== "done") throw new Error(job.error);
      told.replaceChildren(...job.said.map((text) => made("p", { className: "good", textContent: text })));
      for (const input of inputs) input.disabled = true;
    } catch (fault) {
      wrong(fault.message, told);
      button.disabled = false;
    }
    desk.job = null;
    at("progress").replaceChildren();
  });
  return made("article", { className: "pair" }, made("h3", { textContent: card.title }), made("div", { className: "scroll" }, table), form, told);
}

// ---- in and out

async function begin() {
  const [token, ...along] = location.hash.slice(1).split("&");
  let handed = {};
  if (token) {
    history.replaceState(null, "", "/");
    try {
      sessionStorage.setItem(KEY, (await send("/api/enter", { token })).key);
      handed = Object.fromEntries(new URLSearchParams(along.join("&"))); // taken from nobody whose token is none
    } catch { /* used already: this tab may have come in before */ }
  }
  desk.key = sessionStorage.getItem(KEY);
  try {
    await refresh();
  } catch (fault) {
    at("who").textContent = "";
    return wrong(fault.message);
  }
  const first = desk.state.deeds.find((deed) => (desk.state.user ? deed.id === "due_today" : deed.locked)) || desk.state.deeds[0];
  const wanted = desk.state.deeds.find((deed) => deed.id === handed.deed);
  open_(wanted || first, "", {}, wanted ? handed : {});
  desk.timer = setInterval(() => refresh().catch((fault) => { at("who").textContent = fault.message; }), 5000);
}

at("unlock").addEventListener("click", () => {
  const after = desk.state.deeds.find((deed) => deed.id === "due_today") || desk.deed;
  open_(after);
});
at("lock").addEventListener("click", async () => {
  at("who").textContent = "正在锁定…";
  try { await send("/api/lock"); await refresh(); } catch (fault) { wrong(fault.message); }
});
at("close").addEventListener("click", async () => {
  desk.closed = true;
  try { await send("/api/stop"); } catch { /* closed already */ }
  over("工作台已关闭，登记册已锁定。可以关掉这个页面。");
});
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault()); // a file dropped beside the place opens nothing
begin();
