import type { Session10 } from './amqp10-links.ts';

const batch = 100;

/** Takes all that lies in a queue. */
export async function emptied(session: Session10, address: string): Promise<void> {
  const receiver = await session.receiver(address);
  for (let left = batch; left === batch; ) {
    receiver.credit(batch);
    const deliveries = await receiver.drain();
    for (const delivery of deliveries) if (!delivery.settled) delivery.accept();
    left = deliveries.length;
  }
  await receiver.detach();
}
