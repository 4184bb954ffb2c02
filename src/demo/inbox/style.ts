/** The style sheet of the inbox page. Colours come in pairs: light and dark. */
export const STYLE = /* CSS */ `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f2ee, #121416);
  --surface: light-dark(#ffffff, #1a1d20);
  --sunken: light-dark(#eceae4, #0d0f10);
  --hover: light-dark(#f8f7f4, #20242a);
  --ink: light-dark(#1c1b18, #ebe9e3);
  --soft: light-dark(#625f57, #a6a49c);
  --line: light-dark(#e2dfd7, #2b3035);
  --accent: light-dark(#0b6e5d, #58d0b6);
  --on-accent: light-dark(#ffffff, #06211b);
  --accent-wash: light-dark(#e3f2ee, #14302a);
  --danger: light-dark(#b3261e, #ff9a90);
  --on-danger: light-dark(#ffffff, #2b0704);
  --warn-wash: light-dark(#fdf3dc, #33290f);
  --shadow: 0 1px 2px light-dark(#1c1b1814, #00000066), 0 6px 24px light-dark(#1c1b180f, #00000052);
  --radius: 12px;
  font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif;
}
:root[data-theme='light'] { color-scheme: light; }
:root[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; height: 100dvh; display: grid; grid-template-rows: auto minmax(0, 1fr); background: var(--ground); color: var(--ink); -webkit-font-smoothing: antialiased; }
h1, h2, p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
button, input, select { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { opacity: 0.38; cursor: default; }
code, pre, kbd { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { width: 18px; height: 18px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.soft { color: var(--soft); }

/* The bar at the top */
.top { display: flex; align-items: center; gap: 10px; padding: 10px 18px; background: var(--surface); border-bottom: 1px solid var(--line); }
.mark svg { display: block; width: 30px; height: 30px; }
.top h1 { font-size: 17px; font-weight: 500; letter-spacing: -0.01em; white-space: nowrap; }
.product { font-weight: 700; }
.tagline { color: var(--soft); font-size: 13px; margin-inline: 6px auto; padding-inline-start: 14px; border-inline-start: 1px solid var(--line); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.live { display: inline-flex; align-items: center; gap: 7px; font-size: 13px; color: var(--soft); white-space: nowrap; margin-inline-end: 6px; }
.live .dot { width: 8px; height: 8px; border-radius: 50%; background: var(--soft); }
.live[data-state='live'] { color: var(--accent); }
.live[data-state='live'] .dot { background: currentColor; box-shadow: 0 0 0 0 currentColor; animation: pulse 2.4s infinite; }
.live[data-state='reconnecting'] { color: var(--danger); }
.live[data-state='reconnecting'] .dot { background: currentColor; }
@keyframes pulse { 60%, 100% { box-shadow: 0 0 0 7px transparent; } }
.segments { display: inline-flex; padding: 3px; border-radius: 9px; background: var(--sunken); }
.segments button { min-width: 34px; height: 28px; padding: 0 8px; border-radius: 7px; font-size: 12.5px; font-weight: 600; color: var(--soft); display: grid; place-items: center; }
.segments button:hover { color: var(--ink); }
.segments button[aria-pressed='true'] { background: var(--surface); color: var(--ink); box-shadow: 0 1px 3px light-dark(#1c1b1826, #00000080); }
.round { width: 34px; height: 34px; border-radius: 9px; display: inline-grid; place-items: center; color: var(--soft); flex: none; }
.round:hover:not(:disabled) { background: var(--sunken); color: var(--ink); }

/* The list */
main { display: grid; grid-template-columns: minmax(340px, 30vw) minmax(0, 1fr); min-height: 0; }
@media (min-width: 1500px) { main { grid-template-columns: 450px minmax(0, 1fr); } }
.side { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); border-inline-end: 1px solid var(--line); position: relative; }
.find { padding: 12px 14px 8px; display: grid; gap: 8px; border-bottom: 1px solid var(--line); }
.search { display: flex; align-items: center; gap: 8px; height: 38px; padding: 0 10px; border-radius: 10px; background: var(--sunken); color: var(--soft); border: 1px solid transparent; }
.search:focus-within { border-color: var(--accent); background: var(--surface); }
.search input { flex: 1; min-width: 0; border: 0; outline: 0; background: none; color: var(--ink); }
.search input::placeholder { color: var(--soft); opacity: 1; }
.search input::-webkit-search-cancel-button { appearance: none; }
.search:focus-within kbd { visibility: hidden; }
kbd { font-size: 11px; line-height: 1; padding: 3px 5px; border-radius: 5px; border: 1px solid var(--line); background: var(--surface); color: var(--soft); }
.filters { display: grid; grid-template-columns: 0.85fr 1.05fr 1.1fr; gap: 6px; }
.filters select { height: 32px; border-radius: 8px; border: 1px solid var(--line); background-color: var(--surface); padding: 0 20px 0 9px; font-size: 12.5px; min-width: 0; text-overflow: ellipsis; appearance: none; background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'%3E%3Cpath d='m2 3.5 3 3 3-3' fill='none' stroke='%23888' stroke-width='1.5' stroke-linecap='round'/%3E%3C/svg%3E"); background-repeat: no-repeat; background-position: right 6px center; background-size: 10px; }
.filters select:hover { border-color: var(--soft); }
.filters select.chosen { border-color: var(--accent); background-color: var(--accent-wash); color: var(--accent); font-weight: 600; }
.found { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; min-height: 24px; font-size: 12.5px; color: var(--soft); }
.found .plain { margin-inline-start: auto; }
.plain { color: var(--accent); font-weight: 600; border-radius: 6px; }
.plain:hover { text-decoration: underline; }
.pill { display: inline-flex; align-items: center; gap: 4px; max-width: 100%; padding: 2px 6px 2px 10px; border-radius: 99px; background: var(--accent-wash); color: var(--accent); font-weight: 600; overflow-wrap: anywhere; text-align: start; }
.pill .icon { width: 14px; height: 14px; }
.news { position: relative; z-index: 2; flex: none; align-self: center; height: 34px; margin: 8px auto -42px; display: flex; align-items: center; gap: 6px; padding: 0 14px 0 10px; border-radius: 99px; background: var(--accent); color: var(--on-accent); font-size: 13px; font-weight: 600; box-shadow: var(--shadow); }
.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; }
.list { padding: 6px; }
.list:focus-visible { outline-offset: -2px; border-radius: var(--radius); }
.row { position: relative; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 12px; padding: 10px 12px; border-radius: 10px; cursor: pointer; content-visibility: auto; contain-intrinsic-size: auto 84px; }
.row + .row { margin-top: 2px; }
.row:hover { background: var(--hover); }
.row[aria-selected='true'] { background: var(--accent-wash); }
.row[aria-selected='true']::before { content: ''; position: absolute; inset: 12px auto 12px 0; width: 3px; border-radius: 3px; background: var(--accent); }
.row.arrived { animation: arrive 0.5s ease-out, glow 3s ease-out; }
@keyframes arrive { from { transform: translateY(-10px); opacity: 0; } }
@keyframes glow { from { background: var(--accent-wash); } }
.avatar { width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; font-size: 12.5px; font-weight: 700; letter-spacing: 0.02em; user-select: none; }
.avatar.big { width: 42px; height: 42px; font-size: 14px; }
.about { min-width: 0; }
.people { display: flex; align-items: baseline; gap: 10px; font-size: 13px; color: var(--soft); }
.names { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.people time { font-size: 12px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.subject { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.unread .subject { font-weight: 650; }
.unread .names { color: var(--ink); }
.unread .people time { color: var(--accent); font-weight: 650; }
.chips { display: flex; gap: 5px; margin-top: 5px; overflow: hidden; }
.chip { display: inline-flex; align-items: center; gap: 4px; padding: 1px 8px; border-radius: 99px; font-size: 12px; line-height: 18px; white-space: nowrap; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.chip.code { font-size: 11px; font-weight: 700; letter-spacing: 0.05em; background: var(--sunken); color: var(--soft); flex: none; }
.chip.line { box-shadow: inset 0 0 0 1px var(--line); color: var(--soft); }
.chip .icon { width: 13px; height: 13px; }
.hue-0 { background: light-dark(#fde8d7, #43280f); color: light-dark(#8a4208, #ffc08a); }
.hue-1 { background: light-dark(#dcefe4, #15352a); color: light-dark(#17623f, #86dcb0); }
.hue-2 { background: light-dark(#e1e9fb, #1b2a4d); color: light-dark(#274a9c, #a9c2ff); }
.hue-3 { background: light-dark(#f4e1f3, #3c1d3b); color: light-dark(#82327f, #efadea); }
.hue-4 { background: light-dark(#fbe3e3, #45201f); color: light-dark(#96302c, #ffb0aa); }
.hue-5 { background: light-dark(#f6ecc6, #382f0c); color: light-dark(#6e5500, #ecd06a); }
.hue-6 { background: light-dark(#d8eff4, #10333b); color: light-dark(#0f5c6e, #85d7ea); }
.more { display: block; width: 100%; padding: 14px; text-align: center; font-size: 13px; color: var(--soft); }
button.more { color: var(--accent); }
.keys { display: flex; gap: 16px; padding: 8px 16px; font-size: 12px; color: var(--soft); border-top: 1px solid var(--line); }
.keys i { font-style: normal; }
.keys kbd + kbd { margin-inline-start: 3px; }

/* Empty, waiting and failing */
.note { display: grid; justify-items: center; gap: 8px; padding: 56px 28px; text-align: center; color: var(--soft); text-wrap: balance; }
.note.middle { height: 100%; align-content: center; }
.note h2 { font-size: 16px; color: var(--ink); }
.note p { max-width: 40ch; }
.note code { margin-top: 8px; padding: 6px 10px; border-radius: 8px; background: var(--sunken); color: var(--ink); font-size: 13px; }
.strong { margin-top: 8px; padding: 8px 16px; border-radius: 9px; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.strong:hover { filter: brightness(1.08); }
.envelope { position: relative; width: 88px; height: 62px; margin-bottom: 12px; border-radius: 10px; background: var(--surface); border: 1.5px solid var(--line); box-shadow: var(--shadow); overflow: hidden; }
.envelope span:nth-child(1) { position: absolute; inset: -38px 13px auto; height: 60px; width: 60px; transform: rotate(45deg); border: 1.5px solid var(--line); border-radius: 8px; background: var(--accent-wash); }
.envelope span:nth-child(2) { position: absolute; left: 12px; bottom: 10px; width: 34px; height: 4px; border-radius: 2px; background: var(--line); }
.envelope span:nth-child(3) { position: absolute; right: 10px; bottom: 8px; width: 9px; height: 9px; border-radius: 50%; background: var(--accent); }
.ghost i, .ghost .avatar { background: var(--sunken); border-radius: 6px; animation: breathe 1.4s ease-in-out infinite alternate; }
.ghost .avatar { border-radius: 50%; }
.ghost i { display: block; height: 11px; margin: 5px 0; }
.ghost i:nth-child(1) { width: 55%; }
.ghost i:nth-child(2) { width: 85%; }
.ghost i:nth-child(3) { width: 40%; }
@keyframes breathe { to { opacity: 0.45; } }
.warning { margin: 12px 24px 0; padding: 8px 12px; border-radius: 9px; background: var(--warn-wash); font-size: 13.5px; }

/* The mail */
.reader { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
.reader.quiet > .middle { display: none; }
.head { padding: 18px 28px 14px; display: grid; gap: 12px; position: relative; }
.head h2 { font-size: 23px; line-height: 1.25; letter-spacing: -0.015em; font-weight: 650; overflow-wrap: anywhere; padding-inline-end: 130px; outline: 0; text-wrap: pretty; unicode-bidi: isolate; max-height: 3.8em; overflow-y: auto; }
.tools { display: flex; gap: 4px; }
.head .tools { position: absolute; inset-block-start: 14px; inset-inline-end: 22px; }
.reader > .tools { padding: 10px 18px; }
.gap { flex: 1; }
.leave { display: none; }
.persons { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 12px; align-items: center; }
.persons dl { min-width: 0; font-size: 14px; }
.persons dl div { display: flex; gap: 8px; }
.persons dt { color: var(--soft); flex: none; min-width: 40px; }
.persons dd { min-width: 0; overflow-wrap: anywhere; max-height: 4.4em; overflow-y: auto; }
.who { text-align: start; border-radius: 5px; text-decoration: underline dotted var(--soft); text-underline-offset: 3px; overflow-wrap: anywhere; }
.who:hover { color: var(--accent); text-decoration-style: solid; }
.who + .who::before { content: ', '; }
.when { display: grid; justify-items: end; text-align: end; font-size: 12.5px; color: var(--soft); max-width: 34ch; }
.marks { display: flex; flex-wrap: wrap; gap: 6px; }
.marks .chip { padding: 3px 11px; font-size: 12.5px; }
.marks .chip:not(.line) .soft { color: inherit; }
.marks b { font-weight: 650; }
.marks .line b { color: var(--ink); }
.bar { display: flex; align-items: end; gap: 12px; padding: 0 28px; border-bottom: 1px solid var(--line); }
.tabs { display: flex; gap: 20px; flex: 1; min-width: 0; overflow-x: auto; scrollbar-width: none; }
.tabs button { position: relative; padding: 10px 2px 11px; font-size: 14px; font-weight: 550; color: var(--soft); white-space: nowrap; }
.tabs button:hover { color: var(--ink); }
.tabs button:focus-visible { outline-offset: -3px; border-radius: 6px; }
.tabs button[aria-selected='true'] { color: var(--accent); }
.tabs button[aria-selected='true']::after { content: ''; position: absolute; inset: auto 0 0; height: 2.5px; border-radius: 2px 2px 0 0; background: var(--accent); }
.badge { margin-inline-start: 6px; padding: 0 6px; border-radius: 99px; background: var(--sunken); color: var(--soft); font-size: 11.5px; font-weight: 650; }
.widths { margin-bottom: 6px; }
.widths.away { visibility: hidden; }
.panel { flex: 1; min-height: 0; overflow: auto; }
.panel:focus-visible { outline-offset: -2px; }
.panel[data-tab='email'] { display: flex; flex-direction: column; padding: 18px 28px 10px; overflow: hidden; }
.frame { flex: 1; min-height: 0; display: flex; justify-content: center; }
.frame iframe { border: 1px solid var(--line); width: 100%; height: 100%; background: #ffffff; color-scheme: light; border-radius: var(--radius); box-shadow: var(--shadow); transition: width 0.25s ease; }
.frame[data-width='phone'] iframe { width: 397px; border: 11px solid light-dark(#26282b, #000000); border-radius: 34px; max-height: 812px; }
.hint { padding-top: 8px; text-align: center; font-size: 12px; color: var(--soft); }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.text { margin: 20px auto; max-width: 76ch; padding: 26px 30px; border-radius: var(--radius); background: var(--surface); box-shadow: var(--shadow); font-size: 14px; line-height: 1.6; }
pre.raw { padding: 20px 28px; font-size: 12.5px; line-height: 1.55; }
.links { padding: 20px 28px; display: grid; gap: 8px; }
.links li { display: grid; gap: 4px; padding: 12px 16px; border-radius: 10px; background: var(--surface); border: 1px solid var(--line); }
.links a { display: inline-flex; align-items: center; gap: 6px; width: fit-content; color: var(--accent); text-decoration: none; border-radius: 5px; }
.links a:hover { text-decoration: underline; }
.links .icon { width: 15px; height: 15px; }
.links code { font-size: 12px; color: var(--soft); overflow-wrap: anywhere; }
.headers { margin: 12px 28px 24px; width: calc(100% - 56px); border-collapse: collapse; font-size: 13px; }
.headers tr { border-bottom: 1px solid var(--line); }
.headers th { text-align: start; vertical-align: top; font-weight: 600; color: var(--soft); padding: 8px 18px 8px 0; white-space: nowrap; }
.headers td { padding: 8px 0; overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12.5px; }

dialog { border: 1px solid var(--line); border-radius: 16px; padding: 24px; max-width: 380px; background: var(--surface); color: var(--ink); box-shadow: var(--shadow); }
dialog::backdrop { background: #00000066; }
dialog h2 { font-size: 18px; margin-bottom: 6px; }
dialog p { color: var(--soft); }
.actions { display: flex; justify-content: end; gap: 8px; margin-top: 20px; }
.actions button { padding: 8px 16px; border-radius: 9px; font-weight: 600; color: var(--ink); background: var(--sunken); }
.actions .danger { background: var(--danger); color: var(--on-danger); }

@media (max-width: 1080px) {
  .tagline { visibility: hidden; }
  .when { display: none; }
}
@media (max-width: 760px) {
  .top { padding: 8px 12px; gap: 6px; }
  .tagline, .keys, .search kbd, #live-text { display: none; }
  .live { margin-inline: auto 4px; padding: 6px; }
  main { grid-template-columns: minmax(0, 1fr); }
  .side { border: 0; }
  body[data-view='list'] .reader, body[data-view='mail'] .side { display: none; }
  .search input { font-size: 16px; }
  .filters select { height: 36px; font-size: 13.5px; }
  .round { width: 40px; height: 40px; }
  .leave { display: inline-grid; }
  .head { padding: 6px 16px 12px; gap: 10px; }
  .head .tools { position: static; margin-inline: -8px; }
  .head h2 { font-size: 20px; padding: 0; }
  .persons { grid-template-columns: minmax(0, 1fr); }
  .persons .avatar { display: none; }
  .marks { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; margin-inline: -16px; padding-inline: 16px; }
  .marks .chip { flex: none; }
  .bar { padding: 0 16px; }
  .widths { display: none; }
  .tabs { gap: 9px; justify-content: space-between; }
  .tabs .badge { display: none; }
  .tabs button { font-size: 13px; }
  .panel[data-tab='email'] { padding: 0; }
  .frame iframe, .frame[data-width='phone'] iframe { width: 100%; border: 0; border-radius: 0; box-shadow: none; max-height: none; }
  .hint { padding: 6px 12px; border-top: 1px solid var(--line); }
  pre.text { margin: 0; border-radius: 0; box-shadow: none; padding: 18px 16px; }
  pre.raw, .links { padding: 16px; }
  .headers { margin: 8px 16px; width: calc(100% - 32px); }
  .headers tr { display: grid; padding: 8px 0; }
  .headers th, .headers td { padding: 0; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
`;
