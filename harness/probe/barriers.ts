/**
 * By what a peer shows that it has come so far on a session: the echo of a flow, or its answer to an attach: of a link to nowhere in particular, or, for a
 * peer that ends sessions over such a link, of one that receives from the node named here.
 */
export type Barrier = 'echo' | 'attach' | { readonly attachTo: string };

/** Some peers echo the flow of a link over which we receive, and not that of one over which we send, or of a session. */
export type Barriers = Readonly<Record<'sender' | 'receiver' | 'session', Barrier>>;

/** A single barrier is that of all. */
export const barriers = (all: Barrier | Barriers): Barriers =>
  typeof all === 'object' && 'session' in all ? all : { sender: all, receiver: all, session: all };
