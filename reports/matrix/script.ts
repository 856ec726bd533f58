/** Narrows the table of rules, and opens what a link leads to. It stands in the page as it is here. */
export const matrixScript = `
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const rows = all('.rules-table tbody tr');
  const chips = all('[data-show]');
  const q = document.getElementById('rq');
  const narrow = () => {
    const words = q.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const wanted = chips.filter(chip => chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.show);
    let shown = 0;
    for (const row of rows) {
      const marks = row.dataset.marks.split(' ');
      row.hidden = !(wanted.every(each => marks.includes(each)) && words.every(word => row.dataset.text.includes(word)));
      if (!row.hidden) shown += 1;
    }
    document.getElementById('rshown').textContent = shown === rows.length ? rows.length + ' rules' : shown + ' of ' + rows.length + ' rules';
  };
  q.addEventListener('input', narrow);
  for (const chip of chips) chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
    narrow();
  });
  narrow();
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.tagName === 'DETAILS') each.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();
})();
`;
