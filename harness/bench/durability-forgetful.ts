import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { startBroker } from '../target/reference.ts';

/** A broker that is broken on purpose: it writes every hundredth message nowhere, and confirms it. For the harness to be seen to fail. */
function forgetful(store: Store): Store {
  let count = 0;
  return {
    write(change) {
      if (change.change === 'append') count += 1;
      if (change.change !== 'append' || count % 100 !== 0) store.write(change);
    },
    flushed: () => store.flushed(),
    load: () => store.load(),
    close: () => store.close(),
  };
}

const [, , folder = ''] = process.argv;
const { url } = await startBroker({ store: forgetful(await openStore(folder)) });
process.stdout.write(`${JSON.stringify({ url })}\n`);
