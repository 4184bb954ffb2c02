/** The one style sheet: light and dark, narrow and wide, on paper. */
export const STYLE = `:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#16202c;--dim:#52606f;--edge:#d5dbe3;--accent:#0b5f66;--tint:#e2f0f1;--wait:#3866b8;--send:#b4470f;--decide:#7a3fb0;--act:#1f7a44;--end:#5d6875;--wait-bg:#edf3fd;--send-bg:#fdf0e7;--decide-bg:#f5edfc;--act-bg:#e8f6ed;--end-bg:#eff1f4}
@media (prefers-color-scheme:dark){:root{--ground:#10151b;--card:#182029;--ink:#e8edf3;--dim:#a3b0be;--edge:#35414e;--accent:#6cc9d1;--tint:#17343a;--wait:#8db4f5;--send:#f5a06c;--decide:#cba0f2;--act:#7dd09d;--end:#aab6c3;--wait-bg:#1b2940;--send-bg:#3a2519;--decide-bg:#2d2140;--act-bg:#183325;--end-bg:#232c36}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
a:has(>code){text-decoration:none}
a>code{border-bottom:1px solid;border-radius:5px 5px 0 0}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
main:focus{outline:none}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;background:var(--card);padding:8px 12px;z-index:3}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:10px 20px;align-items:center;padding:14px max(20px,calc((100% - 1180px)/2));background:var(--card);border-bottom:1px solid var(--edge)}
.brand{font-weight:800;font-size:20px;color:var(--ink);text-decoration:none;letter-spacing:-.02em}
.languages{margin:0;font-size:14px;white-space:nowrap}
.languages>*{padding:6px 8px;display:inline-block}
.languages span{font-weight:700}
.top nav{grid-column:1/-1}
.top nav ul{display:flex;flex-wrap:wrap;gap:4px;margin:0 0 0 -12px;padding:0;list-style:none}
.top nav a{display:block;padding:7px 12px;border-radius:8px;text-decoration:none;color:var(--dim);font-weight:600;font-size:15px}
.top nav a:hover{background:var(--tint);color:var(--accent)}
.top nav a[aria-current]{background:var(--tint);color:var(--accent)}
.search{position:relative;justify-self:end;width:min(320px,100%)}
.search input{width:100%;font:inherit;font-size:15px;padding:8px 12px;border:1px solid var(--dim);border-radius:8px;background:var(--ground);color:var(--ink)}
.search input::placeholder{color:var(--dim);opacity:1}
#found,.nothing{position:absolute;z-index:2;right:0;top:calc(100% + 6px);width:min(440px,calc(100vw - 32px));max-height:70vh;overflow:auto;margin:0;padding:6px;list-style:none;background:var(--card);border:1px solid var(--edge);border-radius:10px;box-shadow:0 10px 30px #0003}
.nothing{padding:12px 14px;color:var(--dim)}
#found a{display:block;padding:8px 10px;border-radius:7px;text-decoration:none;color:var(--ink)}
#found a:hover,#found a:focus{background:var(--tint)}
#found small{display:block;color:var(--dim);line-height:1.35}
main{max-width:1220px;margin:0 auto;padding:28px 20px 60px}
footer{max-width:1220px;margin:0 auto;padding:20px;color:var(--dim);font-size:14px;border-top:1px solid var(--edge)}
h1{font-size:34px;line-height:1.2;letter-spacing:-.02em;margin:0 0 12px}
h2{font-size:23px;line-height:1.3;margin:40px 0 12px;letter-spacing:-.01em}
h3{font-size:18px;margin:0 0 6px}
h4{font-size:15px;margin:16px 0 4px}
p{margin:0 0 12px;max-width:75ch}
ul,ol{padding-left:22px;margin:0 0 10px}
.lead{font-size:19px;color:var(--dim)}
.note,small{color:var(--dim);font-size:14px}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--end-bg);padding:1px 5px;border-radius:5px;overflow-wrap:anywhere}
h1 code{background:none;padding:0}
pre{white-space:pre-wrap;background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:14px;font-size:14px}
.badge{display:inline-block;padding:2px 10px;border-radius:99px;font-size:13px;font-weight:600;background:var(--end-bg);color:var(--end)}
.s-live{background:var(--act-bg);color:var(--act)}
.s-draft,.s-paused{background:var(--send-bg);color:var(--send)}
th .badge{background:var(--send-bg);color:var(--send)}
.cards,.grid,.stages{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(250px,100%),1fr));gap:16px;padding:0;margin:24px 0;list-style:none}
.grid{align-items:start;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr))}
.cards a{display:block;height:100%;padding:18px 20px;background:var(--card);border:1px solid var(--edge);border-radius:12px;text-decoration:none;color:var(--ink)}
.cards a:hover{border-color:var(--accent)}
.cards strong{display:block;color:var(--accent)}
.cards span{color:var(--dim)}
.cards b{font-size:28px;color:var(--ink);letter-spacing:-.02em}
.card,.stage{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:18px 20px;min-width:0}
.stages{grid-template-columns:repeat(auto-fit,minmax(min(200px,100%),1fr));gap:22px 12px;counter-reset:stage}
.stage{position:relative;border-top:4px solid var(--accent);counter-increment:stage;padding:16px}
.stage h2{margin:0 0 6px;font-size:19px}
.stage h2::before{content:counter(stage) ". ";color:var(--dim)}
.stage h3{font-size:14px;color:var(--dim);margin-top:12px}
.stage ul,.rule ul{padding-left:18px}
.stage>div,.stage li{font-size:15px}
.rule p{margin:0 0 2px;color:var(--dim);font-size:14px}
.rule ul{margin:0 0 4px}
.facts{display:grid;gap:0;margin:16px 0}
.facts>div{display:grid;grid-template-columns:minmax(130px,240px) minmax(0,1fr);gap:4px 20px;padding:9px 0;border-top:1px solid var(--edge)}
.facts dt{color:var(--dim);font-size:15px}
.facts dd{margin:0}
.facts dd ul{margin:0;padding-left:18px}
.card .facts>div{grid-template-columns:1fr}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:4px}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;vertical-align:top;padding:9px 12px;border-bottom:1px solid var(--edge)}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--dim);font-size:14px}
tbody th{font-weight:600}
tbody th small{font-weight:400}
.card table th,.card table td{padding:5px 0}
.wide>table{min-width:640px}
.map{min-width:1080px!important;table-layout:fixed}
.map th[scope=row],.map thead td{width:128px}
.map th[scope=col]{font-size:16px;color:var(--ink)}
.map ul{padding-left:16px;margin:0}
.map td.curve{padding:0}
.curve svg,svg.curve{display:block;width:100%;height:auto}
.curve .zero{stroke:var(--edge);stroke-dasharray:4 5}
.curve .feel{fill:none;stroke:var(--accent);stroke-width:3}
.curve circle{fill:var(--accent)}
.curve text{fill:var(--ink);font:600 15px system-ui,sans-serif}
.picture{display:block;margin:16px auto;max-width:none}
.picture text{fill:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.picture .line{fill:none;stroke:var(--dim);stroke-width:1.5}
.picture .jump{stroke-dasharray:5 4}
.picture marker path{fill:var(--dim)}
.picture .box{fill:var(--b,var(--end-bg));stroke:var(--c,var(--end));stroke-width:1.2}
.picture .bar{fill:var(--c,var(--end))}
.picture .number{fill:var(--card);font-weight:700;font-size:11px}
.picture .way rect{fill:var(--card);stroke:var(--dim)}
.picture .way text{font-size:12px;font-weight:600}
.v-wait,.v-wait_until,.v-wait_for{--c:var(--wait);--b:var(--wait-bg)}
.v-send_email,.v-send_sms,.v-send_chat,.v-send_webhook,.v-send,.v-ask{--c:var(--send);--b:var(--send-bg)}
.v-branch,.v-ab_test{--c:var(--decide);--b:var(--decide-bg)}
.v-update_contact,.v-start_workflow,.v-tell_team,.v-call_webhook{--c:var(--act);--b:var(--act-bg)}
.v-goto,.v-exit,.v-begin,.v-finish{--c:var(--end);--b:var(--end-bg)}
.dot{display:inline-block;width:11px;height:11px;border-radius:99px;background:var(--c,var(--end));margin-right:8px}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;list-style:none;color:var(--dim);font-size:14px}
.steps{list-style:none;padding:0;margin:0}
.steps>li{padding:9px 0;border-top:1px solid var(--edge)}
.steps>li:target{background:var(--tint)}
.steps .number{color:var(--dim);font-size:14px;margin-right:4px}
.way{margin:8px 0 0 5px;padding:2px 0 2px 18px;border-left:3px solid var(--edge)}
.way>p{margin:0 0 4px}
.way>p b{color:var(--dim);font-size:14px;margin-right:4px}
.when{font-size:15px;margin-bottom:6px}
.mail iframe{display:block;width:100%;max-width:760px;height:640px;border:1px solid var(--edge);border-radius:10px;background:#fff}
main:has(#phone:checked) .mail iframe{width:375px;max-width:100%}
.mail details{margin-top:8px}
summary{cursor:pointer;padding:6px 0}
.widths{border:1px solid var(--edge);border-radius:10px;display:inline-flex;flex-wrap:wrap;gap:4px 18px;padding:6px 16px 10px}
.year{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:16px;margin-top:16px}
.month{align-self:start;background:var(--card);border:1px solid var(--edge);border-radius:12px;font-size:14px;table-layout:fixed;border-collapse:separate;border-spacing:2px;padding:6px}
.month caption{text-align:left;font-weight:700;padding:4px}
.month th,.month td{border:0;padding:4px 0;text-align:center;border-radius:7px}
.month th{font-size:12px}
.month .special,.dot.special{box-shadow:inset 0 0 0 2px var(--send)}
.month .closed,.dot.closed{background:var(--edge)}
.month .starts{background:var(--act-bg);color:var(--act);font-weight:800}
.dot.starts{background:var(--act)}
.dot.special{background:none}
@media (max-width:640px){.top{grid-template-columns:1fr auto}.search{grid-column:1/-1;grid-row:2;width:100%}.top nav ul{flex-wrap:nowrap;overflow-x:auto;padding:3px 3px 8px}h1{font-size:28px}.facts>div{grid-template-columns:1fr}.brand{overflow:hidden;text-overflow:ellipsis}}
@media print{.top nav,.search,.languages,.skip,.widths,footer,details{display:none}body{background:#fff;font-size:12px}.wide{overflow:visible;border:0}.picture{max-width:100%;height:auto}.map{min-width:0!important}.card,.stage,.steps>li,tr{break-inside:avoid}a{color:inherit}}
`;
