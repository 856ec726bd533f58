/** An id for an element that stands for a check, a rule or an area. Characters that an id or a link cannot bear are spelled out. */
export const anchorOf = (id: string) => id.replace(/[^\w./-]/g, character => `_${character.charCodeAt(0).toString(16)}`);
