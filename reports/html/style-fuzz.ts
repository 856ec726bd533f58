/** Findings with their octets, and the table of what was tried. */
export const styleOfFuzz = `
.finding { margin-bottom: 1rem; }
.finding > * + * { margin-top: .5rem; }
.finding h3 { display: flex; gap: .6rem; align-items: baseline; overflow-wrap: anywhere; }
.finding .facts > div { grid-template-columns: 6.2rem minmax(0, 1fr); }
.case { margin: .8rem 0; padding: .7rem .9rem; background: var(--wash); border-radius: 6px; font: .82rem/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 28rem; overflow-y: auto; }
.case .words { color: var(--soft); }
.case .step { font-weight: 600; }
.case .departs { color: var(--fail); font-weight: 600; }
.tried th, .tried td { padding: .12rem .4rem; font-size: .8rem; }
.tried th[scope=row] { font-weight: 400; white-space: nowrap; }
.tried thead th { vertical-align: bottom; padding: .6rem .4rem .4rem; }
.tried .upright span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; font-weight: 400; }
.tried td.number { border-left: 1px solid var(--line); }
.tried .heat0 { color: var(--soft); }
.tried .heat1 { background: color-mix(in srgb, var(--pass) 10%, transparent); }
.tried .heat2 { background: color-mix(in srgb, var(--pass) 20%, transparent); }
.tried .heat3 { background: color-mix(in srgb, var(--pass) 32%, transparent); }
.tried .heat4 { background: color-mix(in srgb, var(--pass) 46%, transparent); }
`;
