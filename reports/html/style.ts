/** Colours, type and the parts above the lists. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f7f7f5; --card: #ffffff; --ink: #1b1f24; --soft: #565f6b; --line: #e2e4e3; --strong: #c9cdcc; --link: #1f5d99; --wash: #f0f1ef;
  --pass: #1c7a4a; --fail: #b3261e; --declared: #8a5800; --open: #6a45b8; --mute: #616a75;
  --pass-fill: #3f9f6e; --fail-fill: #d4483f; --declared-fill: #d6a13a; --open-fill: #9478d6; --mute-fill: #b9bfc4;
  --type: #8a5800; --channel: #1f5d99; --size: #6a45b8; --end: #b3261e;
  --text: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131618; --card: #1a1e21; --ink: #e4e7e9; --soft: #9da7b0; --line: #2a3034; --strong: #3d454b; --link: #86b9ea; --wash: #20262a;
    --pass: #58c48d; --fail: #ff8278; --declared: #e3b04f; --open: #b9a2f2; --mute: #98a2ab;
    --pass-fill: #3a9467; --fail-fill: #d9544a; --declared-fill: #b98a30; --open-fill: #8468cc; --mute-fill: #4d565d;
    --type: #e3b04f; --channel: #86b9ea; --size: #b9a2f2; --end: #ff8278;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 8.4rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--text); }
main, .bottom { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
h1, h2, h3, h4, p, dl, dd, ul, ol, blockquote { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 2.1rem; line-height: 1.15; letter-spacing: -.02em; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; letter-spacing: -.01em; font-weight: 650; margin-bottom: .8rem; }
h3 { font-size: .95rem; font-weight: 650; }
h4 { font-size: .8rem; font-weight: 650; color: var(--soft); }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px; }
a:not(:hover) { text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
code, pre { font-family: var(--mono); font-size: .86em; font-variant-ligatures: none; }
code { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
section { margin-top: 3rem; }
.sheet { position: absolute; width: 0; height: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 24px; top: 12px; background: var(--card); padding: .4rem .8rem; z-index: 3; }
.fine { color: var(--soft); font-size: .84rem; font-weight: 400; }
.lead { color: var(--soft); max-width: 46rem; margin-bottom: 1rem; }
.line { display: block; }
:is(.icon, .tile, .state).pass { color: var(--pass); } :is(.icon, .tile, .state).fail { color: var(--fail); } :is(.icon, .tile, .state):is(.declared, .advisory) { color: var(--declared); }
:is(.icon, .tile, .state).open { color: var(--open); } :is(.icon, .tile, .state).mute { color: var(--mute); }
.icon { width: 1.05em; height: 1.05em; flex: none; }

.top { padding-top: 3rem; }
.over { color: var(--soft); margin-bottom: .35rem; }
.headline { display: flex; align-items: baseline; gap: .55rem; font-size: 1.2rem; font-weight: 550; margin: .75rem 0 1.4rem; }
.headline .icon { align-self: flex-start; margin-top: .32em; }
.facts { display: grid; gap: 0; }
.facts > div { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 1rem; padding: .22rem 0; }
.facts dt { color: var(--soft); }
.facts dd { overflow-wrap: anywhere; }
.top .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 2.5rem; border-top: 1px solid var(--line); padding-top: .7rem; font-size: .92rem; }
.top .facts > div { grid-template-columns: 5.2rem minmax(0, 1fr); }
.top .note, main > noscript .note { border-left: 3px solid var(--declared-fill); background: var(--card); padding: .6rem .9rem; margin-top: .8rem; border-radius: 0 4px 4px 0; }

nav { margin-top: 1.4rem; border-block: 1px solid var(--line); }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.6rem; }
nav a { display: block; padding: .5rem 0; text-decoration: none; color: var(--ink); font-weight: 550; }
nav a:hover { color: var(--link); }
nav span { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }

.tiles { display: grid; grid-template-columns: repeat(4, 1fr); background: var(--card); border: 1px solid var(--line); border-radius: 8px 8px 0 0; }
.tile { padding: 1rem 1.2rem; }
.tile + .tile { border-left: 1px solid var(--line); }
.tile strong { font-size: 2rem; line-height: 1; font-weight: 600; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.tile span { font-weight: 600; }
.tile small { display: block; color: var(--soft); margin-top: .3rem; font-size: .84rem; line-height: 1.35; }
.bar { display: block; width: 100%; height: 6px; }
.bar .pass { fill: var(--pass-fill); } .bar .fail { fill: var(--fail-fill); } .bar .declared, .bar .advisory { fill: var(--declared-fill); }
.bar .open { fill: var(--open-fill); } .bar .mute { fill: var(--mute-fill); }
.tiles + .bar { border-radius: 0 0 8px 8px; overflow: hidden; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.2rem; }
.panel > h3 { margin-bottom: .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 550; }
thead th { color: var(--soft); font-weight: 400; font-size: .84rem; }
abbr { text-decoration: underline dotted; text-underline-offset: .2em; }
.tiles ~ .panel { margin-top: 1.2rem; }
.coverage td, .coverage thead th:not(:first-child) { text-align: right; white-space: nowrap; }
.coverage tr > * { padding: .3rem 0 .3rem 1.4rem; }
.coverage tr > :first-child { padding-left: 0; width: 5rem; }
.coverage .wide-bar { width: 50%; padding-left: 0; }
.coverage + .fine { margin-top: .3rem; }
.areas { columns: 20rem 3; column-gap: 2.4rem; font-size: .9rem; }
.areas li { display: grid; grid-template-columns: 6.6rem minmax(0, 1fr) auto; gap: .7rem; padding: .14rem 0; break-inside: avoid; }
.areas li > a { color: var(--ink); overflow-wrap: anywhere; text-decoration: none; }
.areas li > a:hover { text-decoration: underline; }
.areas .fine { font-variant-numeric: tabular-nums; }
.squares { line-height: 0; padding-top: .36rem; }
.squares a { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 2px 3px 0; background: currentColor; opacity: .92; }
.squares a:hover { outline: 2px solid var(--ink); outline-offset: 1px; }
.squares .pass { color: var(--pass-fill); } .squares .fail { color: var(--fail-fill); } .squares .declared, .squares .advisory { color: var(--declared-fill); }
.squares .open { color: var(--open-fill); } .squares .mute { color: var(--mute-fill); }
.bottom { margin-top: 4rem; padding-block: 1.4rem 2.4rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .84rem; }
@media (max-width: 760px) {
  main, .bottom { padding-inline: 16px; }
  .top { padding-top: 1.6rem; }
  h1 { font-size: 1.7rem; }
  .headline { font-size: 1.08rem; }
  .top .facts { grid-template-columns: minmax(0, 1fr); }
  nav ul { padding: .3rem 0; }
  nav a { padding: .22rem 0; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tile { padding: .8rem .9rem; }
  .tile:nth-child(odd) { border-left: 0; }
  .tile:nth-child(n + 3) { border-top: 1px solid var(--line); }
  .tile strong { font-size: 1.6rem; }
  .areas { columns: 1; }
  .areas li { grid-template-columns: 7.6rem minmax(0, 1fr) auto; }
  .panel { padding: .9rem; }
  section { margin-top: 2.2rem; }
  .coverage tr > * { padding-left: .5rem; }
  .coverage thead th:not(:first-child) { white-space: normal; vertical-align: bottom; }
  .coverage .wide-bar { display: none; }
  html { scroll-padding-top: 1rem; }
}
@media print { .filters, nav, .skip, .copy button { display: none; } body { background: #fff; } }
`;
