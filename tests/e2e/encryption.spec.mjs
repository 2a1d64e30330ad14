// Media is encrypted from end to end, and nothing of it ever leaves in plain text.
import { expect, expectCall, expectToPerceive, green, meet, red, test } from './lab/test.mjs';

const sealed = { line: { encryption: {} } };
const sealing = (client) => client.evaluate((room) => window.call.sealing(room), client.room);

/** No frame that went revealed anything, and none came that was not sealed. */
async function expectNothingPlain(...clients) {
  for (const client of clients) {
    const { came, plain, went, revealing, opened } = await sealing(client);
    expect({ plain, revealing }, `frames of ${client.name}`).toEqual({ plain: 0, revealing: 0 });
    expect(came, `frames that came to ${client.name}`).toBeGreaterThan(0);
    expect(went, `frames that ${client.name} sent`).toBeGreaterThan(0);
    expect(opened, `frames that ${client.name} opened`).toBeGreaterThan(0);
  }
}

test('two see and hear each other, and have the same fingerprint', async ({ twoInACall }) => {
  const { ann, bob } = await twoInACall(sealed);
  await expectNothingPlain(ann, bob);
  const [anns, bobs] = [await sealing(ann), await sealing(bob)];
  expect(anns.peers.Bob.fingerprint).toMatch(/^(\d{5} ){11}\d{5}$/);
  expect(bobs.peers.Ann.fingerprint).toBe(anns.peers.Bob.fingerprint);
  expect(anns.events).toEqual(['known Bob', 'secured Bob']);
  expect(anns.refused).toEqual({});
  console.log(JSON.stringify(anns), JSON.stringify(bobs));
});
