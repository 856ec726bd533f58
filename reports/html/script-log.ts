/** Draws a wire log: each piece with its time, its way, its decoded lines and its octets in rows of 16. Text goes in as text, never as markup. */
export const scriptOfLogs = `
const drawLog = (section, rows, strings) => {
  const make = (tag, name, ...children) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children);
    return element;
  };
  const fields = section.dataset.fields.split(' ').filter(Boolean).map(field => field.split(':'));
  const several = new Set(rows.map(row => row[0]).filter(connection => connection > 0)).size > 1;
  const octetsOf = (hex, offset, whole) => {
    const count = Math.ceil(hex.length / 32);
    const offsets = [];
    const lines = [];
    const texts = [];
    for (let row = 0; row < count; row += 1) {
      const octets = hex.slice(row * 32, row * 32 + 32).match(/../g);
      offsets.push((offset + row * 16).toString(16).padStart(6, '0'));
      lines.push(octets.slice(0, 8).join(' ') + (octets.length > 8 ? '  ' + octets.slice(8).join(' ') : ''));
      texts.push(octets.map(octet => { const code = parseInt(octet, 16); return code > 31 && code < 127 ? String.fromCharCode(code) : '.'; }).join(''));
    }
    const all = lines.join('\\n');
    const marked = make('pre');
    let at = 0;
    if (whole) {
      for (const [name, octets] of fields) {
        const to = at + Number(octets) * 3;
        marked.append(make('i', 'o-' + name, all.slice(at, to - 1)), all.slice(to - 1, to));
        at = to;
      }
    }
    if (whole && section.dataset.end === '1') marked.append(all.slice(at, -2), make('i', 'o-end', all.slice(-2)));
    else marked.append(all.slice(at));
    return make('div', 'octets', make('pre', '', offsets.join('\\n')), marked, make('pre', '', texts.join('\\n')));
  };
  const arrows = { sent: '\\u2192', received: '\\u2190', note: '\\u00b7' };
  const lineOf = ([connection, way, at, offset, octets, place, lines, whole]) => {
    const hex = strings[place];
    const frame = make('div', 'frame', ...lines.map(line => make('p', '', strings[line])));
    if (hex !== '') frame.append(octetsOf(hex, offset, whole === 1));
    const left = octets - hex.length / 2;
    if (left > 0) frame.append(make('p', 'fine', left + (left === 1 ? ' more octet is' : ' more octets are') + ' in run.json'));
    const arrow = make('span', '', arrows[way]);
    arrow.setAttribute('aria-hidden', 'true');
    const ways = make('span', 'way', ...(several && connection > 0 ? [make('small', '', '#' + connection)] : []), arrow, make('span', 'unseen', ' ' + way));
    const item = make('li', way, make('span', 'at', at), ways, frame);
    if (way !== 'note') item.title = 'octets ' + offset + ' to ' + (offset + octets - 1) + ' ' + way + ' on connection ' + connection;
    return item;
  };
  for (let index = 0; index < rows.length;) {
    const fold = rows[index][8];
    const list = make('ol');
    let steps = 0;
    for (; index < rows.length && rows[index][8] === fold; index += 1, steps += 1) list.append(lineOf(rows[index]));
    section.append(fold === 0 ? list : make('details', '', make('summary', '', 'healthy handshake, ' + steps + ' steps'), list));
  }
};
`;
