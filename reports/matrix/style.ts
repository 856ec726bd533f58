/** What the matrix has besides the other reports: wide tables, and two sides of a difference. */
export const matrixStyle = `
.wide { overflow-x: auto; padding: .4rem 1.2rem; }
.wide th, .wide td { padding: .35rem .9rem .35rem 0; vertical-align: top; }
.wide tbody tr + tr > * { border-top: 1px solid var(--line); }
.counts td, .counts thead th:not(:first-child) { text-align: right; white-space: nowrap; }
.matrix thead th { vertical-align: bottom; }
.matrix tbody th { font-weight: 400; min-width: 9rem; }
.rules-table tbody th { min-width: 16rem; }
.rules-table td { white-space: nowrap; font-size: .86rem; }
.state { display: inline-flex; align-items: center; gap: .25rem; }
.state.mute, .state.open { color: var(--soft); }
.cell, .legend-line { display: flex; flex-wrap: wrap; gap: 0 .8rem; font-variant-numeric: tabular-nums; }
.cell .state { min-width: 2.6rem; }
#rules .chips { margin-bottom: .8rem; }
#rules .asked { position: static; }
.in-short { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: .3rem 1.4rem; margin: .2rem 0 1rem; padding: 0; list-style: none; }
.in-short a { display: inline-flex; align-items: center; gap: .35rem; }
.move > summary { font-weight: 600; font-size: 1.02rem; cursor: pointer; padding: .8rem 1rem; }
.move > p.unknown { overflow-wrap: anywhere; padding: 0 1rem .8rem; }
.difference .means { grid-column: 1 / -1; }
.move > h3 { display: flex; align-items: center; gap: .45rem; font-size: 1.02rem; padding-bottom: .1rem; }
.move > p.fine { padding-bottom: .5rem; }
.difference > summary { grid-template-columns: minmax(0, 1fr) 11rem 4.4rem 5.4rem; padding: .5rem .9rem; }
.difference .where { color: var(--soft); font-size: .84rem; overflow-wrap: anywhere; }
.difference .sides { grid-column: 1 / -1; display: grid; gap: 0; margin-top: .15rem; font-size: .88rem; }
.difference .sides > div { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: .8rem; }
.difference .sides dt { color: var(--soft); overflow-wrap: anywhere; }
.difference .sides dd { overflow-wrap: anywhere; }
.difference .detail { padding-left: 1.2rem; }
.evidence li + li { margin-top: .7rem; }
.evidence strong { font-weight: 550; }
.evidence .fine { overflow-wrap: anywhere; }
.evidence code { color: var(--soft); }
#pairs .under { margin-top: 1.5rem; }
@media (max-width: 760px) {
  .wide { padding: .3rem .9rem; }
  .difference > summary { grid-template-columns: minmax(0, 1fr) auto auto; }
  .difference .title, .difference .where { grid-column: 1 / -1; }
  .difference .level { grid-row: auto; grid-column: 1; }
  .difference .sides > div { grid-template-columns: minmax(0, 1fr); gap: 0; margin-top: .25rem; }
}
`;
