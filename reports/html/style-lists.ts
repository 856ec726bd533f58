/** The lists of checks and rules, their filters, and what is in a row when it is opened. */
export const styleOfLists = `
.filters { position: sticky; top: 0; z-index: 2; background: var(--paper); padding: .7rem 0 .6rem; margin-bottom: .4rem; border-bottom: 1px solid var(--line); }
.asked { display: flex; gap: .6rem; align-items: center; }
.asked label:first-child { flex: 1; }
input[type=search], select { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--strong); border-radius: 6px; padding: .38rem .65rem; height: 2.3rem; }
select { max-width: 14rem; }
output { color: var(--soft); font-size: .9rem; white-space: nowrap; min-width: 7.5rem; text-align: right; font-variant-numeric: tabular-nums; }
.chips, .chips > div { display: flex; flex-wrap: wrap; gap: .35rem; }
.filters .chips { margin-top: .5rem; gap: .35rem 1.1rem; }
#rules .asked { margin-bottom: .5rem; max-width: 40rem; }
button { font: inherit; color: inherit; cursor: pointer; }
.chip { display: inline-flex; align-items: center; gap: .35rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .12rem .55rem; font-size: .86rem; line-height: 1.55; }
.chip b { font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums; }
.chip:hover { border-color: var(--strong); }
.chip[aria-pressed=true] { border-color: var(--ink); background: var(--ink); color: var(--card); }
.chip[aria-pressed=true] b, .chip[aria-pressed=true] .icon { color: inherit; }
.chip.quiet { border-color: transparent; background: none; color: var(--link); }
.surprises { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.surprises li + li { border-top: 1px solid var(--line); }
.surprises a { display: grid; grid-template-columns: 1.05em minmax(0, 1fr) 4.4rem; gap: 0 .9rem; padding: .45rem .9rem; color: inherit; text-decoration: none; }
.surprises a:hover { background: var(--wash); }
.surprises .icon { margin-top: .22em; }
.surprises strong { display: block; font-weight: 600; }
.surprises strong::first-letter { text-transform: uppercase; }
.surprises .level { color: var(--soft); font-size: .78rem; font-weight: 550; text-align: right; }
.surprises .fine { display: block; overflow-wrap: anywhere; }
.empty { padding: 2rem 0; color: var(--soft); }
.empty button { border: 0; background: none; padding: 0; color: var(--link); text-decoration: underline; }
[hidden] { display: none !important; }

.area { margin-top: 1.5rem; content-visibility: auto; contain-intrinsic-size: auto 30rem; }
.area > h3 { padding: 0 0 .4rem; text-transform: none; }
.area > h3 .fine { margin-left: .4rem; }
details { background: var(--card); border: 1px solid var(--line); border-bottom-width: 0; color: var(--ink); }
details:first-of-type { border-radius: 8px 8px 0 0; }
details:last-of-type { border-bottom-width: 1px; border-radius: 0 0 8px 8px; }
details:only-of-type { border-radius: 8px; }
summary { list-style: none; cursor: pointer; display: grid; align-items: baseline; gap: 0 .9rem; padding: .3rem .9rem; border-radius: inherit; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--wash); }
summary:focus-visible { outline-offset: -2px; }
summary .icon { position: relative; top: .16em; }
.check > summary { grid-template-columns: 1.05em minmax(0, 1fr) 17.5rem 4.2rem 3.6rem; }
.rule > summary { grid-template-columns: 1.05em minmax(0, 1fr) 4.4rem 10rem 9rem; }
summary .counts { color: var(--soft); font-size: .8rem; text-align: right; font-variant-numeric: tabular-nums; }
summary .title { font-weight: 500; overflow-wrap: anywhere; }
summary .title::first-letter { text-transform: uppercase; }
summary .slug { color: var(--soft); font-size: .8rem; }
.check > summary .slug { display: none; }
summary .level { color: var(--soft); font-size: .78rem; font-weight: 550; }
summary .reaction { color: var(--soft); font-size: .86rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
summary .took { color: var(--soft); font-size: .8rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
summary .told { grid-column: 2 / -1; color: var(--soft); font-size: .88rem; max-width: 56rem; overflow-wrap: anywhere; padding-bottom: .15rem; }
.told b { font-weight: 600; }
.fail .told b { color: var(--fail); } :is(.declared, .advisory) .told b { color: var(--declared); } .open .told b { color: var(--open); }
details[open] > summary { border-radius: 0; background: var(--wash); }
details[open] > summary .title { font-weight: 650; }
details[open] > summary .told { display: none; }

.detail { padding: 1rem 1.2rem 1.4rem 2.85rem; border-top: 1px solid var(--line); font-size: .92rem; }
.clause { border-left: 3px solid var(--strong); padding-left: .9rem; margin-bottom: .9rem; max-width: 52rem; }
.clause p { font-size: 1.05rem; line-height: 1.45; }
.clause footer { color: var(--soft); font-size: .86rem; margin-top: .2rem; }
.detail .facts > div { grid-template-columns: 6.2rem minmax(0, 1fr); }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 0 .38em; font-size: .78rem; color: var(--soft); }
.answers li { padding: .05rem 0; }
.copy { display: flex; gap: .6rem; align-items: flex-start; max-width: 56rem; }
.copy code { background: var(--wash); border-radius: 4px; padding: .18rem .5rem; flex: 1; }
.copy button { border: 1px solid var(--strong); border-radius: 5px; background: var(--card); padding: 0 .6rem; font-size: .82rem; line-height: 1.8; min-width: 4.6rem; }
.copy button:hover { background: var(--wash); }

.log { margin-top: 1.1rem; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.legend { display: flex; align-items: baseline; gap: .2rem 1.4rem; flex-wrap: wrap; padding: .4rem .8rem; background: var(--wash); border-bottom: 1px solid var(--line); font-size: .8rem; color: var(--soft); }
.legend h4 { flex: 1; }
.legend span { display: inline-flex; gap: .9rem; font-family: var(--mono); }
.legend input { vertical-align: -.1em; }
.log details, .log details:first-of-type { border: 0; border-bottom: 1px solid var(--line); border-radius: 0; background: none; }
.log summary { display: block; padding: .32rem .8rem .32rem 3.1rem; color: var(--soft); font-size: .84rem; }
.log summary::before { content: '+'; display: inline-block; width: 1.1em; font-family: var(--mono); }
.log [open] > summary::before { content: '-'; }
.log [open] > summary { border-bottom: 1px solid var(--line); }
.log li { display: grid; grid-template-columns: 4.4rem 2.6rem minmax(0, 1fr); gap: .5rem; padding: .28rem .8rem; }
.log li + li { border-top: 1px solid var(--line); }
.log li.note { color: var(--soft); font-style: italic; }
.log .at { color: var(--soft); font-size: .8rem; text-align: right; font-variant-numeric: tabular-nums; padding-top: .1rem; white-space: nowrap; }
.log .way { text-align: right; white-space: nowrap; }
.log .way small { color: var(--soft); margin-right: .3rem; }
.log .sent .way { color: var(--channel); } .log .received .way { color: var(--pass); }
.log .received { background: color-mix(in srgb, var(--wash) 45%, transparent); }
.log .frame p { font-family: var(--mono); font-size: .82rem; line-height: 1.5; overflow-wrap: anywhere; }
.octets i { font-style: normal; }
.o-type, .o-doff { color: var(--type); } .o-channel { color: var(--channel); } .o-size { color: var(--size); } .o-end { color: var(--end); }
div.octets { display: flex; gap: 1.1rem; margin: .1rem 0 .2rem; overflow-x: auto; }
pre { margin: 0; font-size: .76rem; line-height: 1.5; color: var(--soft); }
.octets pre:nth-child(2) { color: var(--ink); }
.octets pre { flex: none; }
.octets pre:nth-child(2) { min-width: 48ch; }
pre.case { color: var(--ink); white-space: pre-wrap; }
.log:has(input:not(:checked)) .octets { display: none; }

.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.wide th, .wide td { padding: .5rem .9rem; vertical-align: top; }
.wide tbody tr { border-top: 1px solid var(--line); }
.number { text-align: right; }
.state { font-weight: 600; }
#target .panel { padding-block: .7rem; }
.capability { display: inline-block; margin-right: 1rem; }
.lacks { color: var(--soft); }
@media (max-width: 1020px) {
  .check > summary { grid-template-columns: 1.05em minmax(0, 1fr) 4.4rem; }
  .rule > summary { grid-template-columns: 1.05em minmax(0, 1fr) 4.4rem 10rem; }
  summary .reaction, summary .took, summary .counts { display: none; }
}
@media (max-width: 760px) {
  .filters { position: static; }
  .asked { flex-wrap: wrap; }
  .asked label:first-child { flex-basis: 100%; }
  .asked label + label { flex: 1; }
  select { max-width: none; }
  .check > summary .slug { display: block; }
  .check > summary, .rule > summary { grid-template-columns: 1.05em minmax(0, 1fr) auto; padding: .5rem .8rem; gap: 0 .6rem; }
  summary .title { grid-column: 2; grid-row: 1; }
  summary .level { grid-column: 3; grid-row: 1; }
  summary .slug { grid-column: 2 / -1; grid-row: 2; }
  summary .told { grid-row: 3; }
  .detail { padding: .9rem .8rem 1.1rem; }
  .detail .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; padding: .3rem 0; }
  .detail .facts dt { font-size: .82rem; }
  .log li { grid-template-columns: auto 1fr; gap: .1rem .5rem; padding: .4rem .6rem; }
  .log .at { order: 2; text-align: left; }
  .log .frame { grid-column: 1 / -1; order: 3; min-width: 0; }
  .legend h4 { flex-basis: 100%; }
  .legend span { gap: .6rem; }
  .octets pre:nth-child(2) { min-width: 0; }
  .log summary { padding-left: .6rem; }
  div.octets { gap: .8rem; }
  div.octets pre { font-size: .66rem; }
  div.octets pre:first-child { display: none; }
  output { margin-left: auto; }
  .stacked thead { display: none; }
  .stacked :is(tr, td) { display: block; }
  .stacked tr { padding: .5rem .8rem; }
  .stacked td { padding: .08rem 0; }
  .stacked td[data-label]::before { content: attr(data-label) ' '; color: var(--soft); font-size: .84rem; }
  .surprises a { grid-template-columns: 1.05em minmax(0, 1fr); }
  .surprises .level { display: none; }
}
@media print { details { break-inside: avoid; } .filters { display: none; } }
`;
