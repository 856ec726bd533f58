import type { Outage } from '../probe/outage.ts';
import type { ContainerCommand } from './profile.ts';

/** What of a container engine's handle on a container is used here. */
export interface RestartableContainer {
  inspect(): Promise<{ readonly State: { readonly Running: boolean } }>;
  kill(options: { readonly signal: string }): Promise<unknown>;
  stop(options: { readonly t: number }): Promise<unknown>;
  start(): Promise<unknown>;
  wait(): Promise<unknown>;
  exec(options: { readonly Cmd: string[] }): Promise<{ start(options: { readonly Detach: boolean }): Promise<{ destroy(): unknown }> }>;
}

/** How long a broker gets to end in order, in seconds. */
const stopWithinS = 30;

/**
 * Ends what runs in a container, unless it has ended already, and starts it there again: data and ports are kept. `kill` is as `kill -9` on its first process;
 * `stop` runs `command`, where there is one, and sends the stop signal of the image where there is none or the command leads nowhere.
 */
export async function restart(container: RestartableContainer, how: Outage, command?: ContainerCommand): Promise<void> {
  if ((await container.inspect()).State.Running) await (how === 'kill' ? kill(container) : stop(container, command));
  await container.start();
}

async function kill(container: RestartableContainer): Promise<void> {
  const ended = container.wait();
  await container.kill({ signal: 'SIGKILL' });
  await ended;
}

async function stop(container: RestartableContainer, command: ContainerCommand | undefined): Promise<void> {
  if (command === undefined) {
    await container.stop({ t: stopWithinS });
    return;
  }
  const ended = container.wait();
  const running = await container.exec({ Cmd: [...command] });
  // Its output ends with the container, or never.
  (await running.start({ Detach: true })).destroy();
  let cancel = () => {};
  const late = new Promise<'late'>(resolve => {
    const timer = setTimeout(() => resolve('late'), 1000 * stopWithinS);
    cancel = () => clearTimeout(timer);
  });
  if ((await Promise.race([ended, late])) === 'late') await container.stop({ t: 0 });
  cancel();
}
