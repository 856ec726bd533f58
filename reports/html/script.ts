/**
 * The report's own script: fills a row when it is opened, narrows the lists, copies commands, follows links into closed rows. It stands in the page as it
 * is here, and reads nothing but the page.
 */
export const script = `
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const unpacked = async () => {
    const packed = Uint8Array.from(atob(document.getElementById('carried').textContent), character => character.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).json();
  };
  let carrying;
  const carried = () => {
    carrying = carrying || unpacked().catch(() => ({ bodies: {} }));
    return carrying;
  };
  // Before anybody asks, so that the first row opens at once too.
  setTimeout(carried, 200);
  const fill = async row => {
    if (row.dataset.filled || !row.matches('details.check, details.rule')) return;
    row.dataset.filled = 'yes';
    const { bodies, logs, strings } = await carried();
    row.insertAdjacentHTML('beforeend', bodies[row.id] || '<p class="detail">This browser cannot unpack the details. They are in run.json.</p>');
    const log = row.querySelector('.log');
    if (log !== null) drawLog(log, logs[row.id], strings);
  };
  document.addEventListener('toggle', event => { if (event.target.open) fill(event.target); }, true);

  const texts = new Map();
  const textOf = row => {
    if (!texts.has(row)) texts.set(row, (row.id + ' ' + row.dataset.text + ' ' + row.querySelector('summary').textContent).toLowerCase());
    return texts.get(row);
  };
  const rows = all('details.check');
  const areas = all('.area[data-area]');
  const q = document.getElementById('q');
  const area = document.getElementById('area');
  const chips = all('[data-filter]');
  const pressed = name => new Set(chips.filter(chip => chip.dataset.filter === name && chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.value));
  const narrow = () => {
    const words = q.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const groups = pressed('group');
    const levels = pressed('level');
    let shown = 0;
    for (const section of areas) {
      let any = false;
      for (const row of all('details.check', section)) {
        const fits = (area.value === '' || section.dataset.area === area.value)
          && (groups.size === 0 || groups.has(row.dataset.group))
          && (levels.size === 0 || levels.has(row.dataset.level))
          && words.every(word => textOf(row).includes(word));
        row.hidden = !fits;
        if (fits) { any = true; shown += 1; }
      }
      section.hidden = !any;
    }
    document.getElementById('none').hidden = shown > 0;
    document.getElementById('shown').textContent = shown === rows.length ? rows.length + ' checks' : shown + ' of ' + rows.length + ' checks';
  };
  const press = chip => chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
  const reset = () => {
    q.value = '';
    area.value = '';
    for (const chip of chips) chip.setAttribute('aria-pressed', 'false');
    narrow();
  };
  q.addEventListener('input', narrow);
  area.addEventListener('change', narrow);
  document.getElementById('filters').addEventListener('submit', event => event.preventDefault());

  const ledger = all('[data-rules]');
  const rules = all('details.rule');
  const rq = document.getElementById('rq');
  const narrowRules = () => {
    const words = rq.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const wanted = new Set(ledger.filter(chip => chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.rules));
    let shown = 0;
    for (const row of rules) {
      row.hidden = (wanted.size > 0 && !wanted.has(row.dataset.standing)) || !words.every(word => textOf(row).includes(word));
      if (!row.hidden) shown += 1;
    }
    for (const chapter of all('.rules')) chapter.hidden = all('details.rule:not([hidden])', chapter).length === 0;
    document.getElementById('rshown').textContent = shown === rules.length ? shown + ' rules' : shown + ' of ' + rules.length + ' rules';
  };
  rq.addEventListener('input', narrowRules);

  const copy = async button => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const field = document.createElement('textarea');
      field.value = button.dataset.copy;
      document.body.append(field);
      field.select();
      document.execCommand('copy');
      field.remove();
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1600);
  };
  document.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button === null) return;
    if (button.dataset.copy !== undefined) copy(button);
    else if (button.dataset.filter !== undefined) { press(button); narrow(); }
    else if (button.dataset.rules !== undefined) { press(button); narrowRules(); }
    else if (button.dataset.reset !== undefined) { reset(); q.focus(); }
  });

  const follow = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row === null) return;
    if (row.matches('details.check')) { if (row.hidden) reset(); row.open = true; }
    if (row.matches('details.rule')) {
      if (row.hidden) { rq.value = ''; for (const chip of ledger) chip.setAttribute('aria-pressed', 'false'); narrowRules(); }
      row.open = true;
    }
    if (row.matches('.area') && row.hidden) reset();
    if (row.open) fill(row);
    row.scrollIntoView({ block: 'start' });
  };
  addEventListener('hashchange', follow);
  if (location.hash !== '') follow();

  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
    event.preventDefault();
    q.focus();
  });
  narrow();
})();
`;
