// Nothing passes between two participants for a while, or in one direction only, while both reach the endpoint.
import { expect, expectBack, expectStill, expectToPerceive, test } from './lab/apart.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });

const blue = { hue: 'blue' };
const yellow = { hue: 'yellow' };

const expectReconnecting = (client, other) =>
  expect
    .poll(async () => (await client.peerReport(other)).state, {
      message: `how ${client.name} is connected with ${other.name}`,
    })
    .toBe('reconnecting');

async function openNotes({ ann, bob }) {
  await ann.openDataChannel(bob, 'notes');
  await expect
    .poll(async () => (await bob.roomReport()).pipes['Ann/notes']?.readyState)
    .toBe('open');
}

async function expectNotes({ ann, bob }) {
  await expect
    .poll(async () => (await ann.roomReport()).pipes['Bob/notes'].readyState)
    .toBe('open');
  await ann.send(bob, 'notes', 'after');
  await expect
    .poll(async () => (await bob.roomReport()).pipes['Ann/notes'].received)
    .toContain('after');
}

test('all is lost until the browsers have given up, and passes again', async ({
  internet,
  twoApart,
}) => {
  const call = await twoApart();
  const { ann, bob, annsHost, bobsHost } = call;
  await openNotes(call);
  const mend = internet.part(annsHost, bobsHost);
  for (const client of [ann, bob]) {
    await expect
      .poll(async () => (await client.compare()).events.join(), { timeout: 30_000 })
      .toContain('connection-reset');
  }
  mend();
  await expectBack(call, { rebuilt: true });
  await expectNotes(call);
});

test('scenario 9: both publish more while a restart of the path is pending', async ({
  internet,
  twoApart,
}) => {
  const call = await twoApart();
  const { ann, bob, annsHost, bobsHost } = call;
  const mend = internet.part(annsHost, bobsHost);
  await expectReconnecting(ann, bob);
  await expectReconnecting(bob, ann);
  await Promise.all([
    ann.publish(blue, { name: 'second' }),
    bob.publish(yellow, { name: 'second' }),
  ]);
  mend();
  await expectToPerceive(bob, ann, blue, { stream: 'second' });
  await expectToPerceive(ann, bob, yellow, { stream: 'second' });
  await ann.unpublish('second');
  await bob.unpublish('second');
  await ann.expectEvent('stream-removed Bob second');
  await bob.expectEvent('stream-removed Ann second');
  await expectBack(call, { published: 'second' });
});

test('only the other side loses the path', async ({ internet, twoApart }) => {
  const call = await twoApart();
  const { ann, bob, annsHost, bobsHost } = call;
  const mend = internet.lose(annsHost, bobsHost);
  await expectStill(bob, ann);
  await expectReconnecting(bob, ann);
  mend();
  await expectBack(call);
});

test('scenario 15: connected, but no packets of media one way', async ({ internet, twoApart }) => {
  const call = await twoApart();
  const { ann, bob, annsHost, bobsHost } = call;
  // RTP and RTCP are lost (RFC 7983: their first byte is 128 at least), checks of connectivity pass.
  const mend = internet.lose(annsHost, bobsHost, '@th,64,8 >= 128');
  await expectStill(bob, ann);
  await expect.poll(async () => (await bob.roomReport()).peerStates).toContain('Ann reconnecting');
  mend();
  await expectBack(call, { rebuilt: true });
});
