/* Where the standard says nothing that a peer could keep or break, and why: the rest of what `sources.ts` lists is some rule's source. */

const heading = 'A heading, whose subsections say it.';
const outline = 'An outline of the model; the rules it leads to stand in chapters 3 and 4 and with the methods.';
const lifeCycle = 'Retells in which order methods are used; what each owes stands with the method.';

/** Sections of the protocol document. */
export const silentSections: Readonly<Record<string, string>> = {
  '2.1': heading,
  '2.1.1': outline,
  '2.1.1.1': outline,
  '2.1.1.2': outline,
  '2.1.1.3': outline,
  '2.1.1.4': 'An analogy to e-mail.',
  '2.1.2': outline,
  '2.1.2.2': outline,
  '2.1.2.3': outline,
  '2.1.3': heading,
  '2.1.4': heading,
  '2.1.5': outline,
  '2.1.5.1': 'An example of methods that their own rules govern.',
  '2.1.5.2': 'An example of methods that their own rules govern.',
  '2.1.5.3': 'An example of methods that their own rules govern.',
  '2.2': heading,
  '2.2.8': lifeCycle,
  '2.3': heading,
  '2.3.5.3': 'Says what heartbeats are good for; section 4.2.7 says what is owed.',
  '2.4': 'Advice on how to build a client, of which nothing shows on the wire.',
  '3.1': heading,
  '3.1.3.5': 'Names an exchange type that a server may lack, and leaves what its services do to the server.',
  '3.2': heading,
  '3.2.2': 'Refers to the class book.',
  '4.1': 'A registered port number, which a server need not use.',
  '4.2': heading,
  '4.2.1': 'The grammar; its productions are sources of their own.',
  '4.2.5': heading,
  '4.8': heading,
  '4.10': heading,
  '4.10.1': 'States a goal; sections 4.2.3 to 4.2.6 say how invalid data is answered.',
};

/** Items of the errata. */
export const silentErrata: Readonly<Record<number, string>> = {
  1: 'On the wording of the standard: what it calls a consumer.',
  24: 'A wish for the next revision: no-wait where the methods have no such field.',
};

/** Rules and assertions of the XML. */
export const silentXml: Readonly<Record<string, string>> = {};
