/* Where the standard says nothing that a peer could keep or break, and why: the rest of what `places.ts` lists is some rule's source. */

const heading = 'A heading, whose subsections say it.';
const unit = 'A unit, which the fields of that type say.';

/** Sections of the OASIS Standard. */
export const silentSections10: Readonly<Record<string, string>> = {
  '1.1': heading,
  '1.1.3': 'Says that composite types exist; section 1.4 says how they are encoded.',
  '1.1.4': 'Says that restricted types exist; section 1.3.5 says what they bind to.',
  '1.3': heading,
  '1.6': heading,
  '2.1.1': 'An outline of nodes, links and containers, which the sections on each say.',
  '2.1.3': 'Says which endpoint handles which frame; the sections on each say how.',
  '2.7': heading,
  '2.8': heading,
  '2.8.5': unit,
  '2.8.6': unit,
  '2.8.12': 'Names a standard for language tags; in which language a text is written shows to people only.',
  '3.1': 'Lists what the part is about.',
  '3.3': heading,
  '4.4.4': heading,
  '4.5': heading,
  '4.5.5': 'The outcome that section 4.2 asks for.',
  '3.5.7': 'The two modes that section 3.5.2 says.',
  '5.2.2': 'Numbers of the header that section 5.2 says.',
  '5.3.3': heading,
  '5.3.4': 'Numbers of the header that section 5.3 says.',
};

/** Normative sentences and attributes of the XML. */
export const silentPlaces10: Readonly<Record<string, string>> = {};
