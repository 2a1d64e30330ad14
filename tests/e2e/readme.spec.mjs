// The ten lines of the README, as they stand there, in an empty page served from elsewhere.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEndpoint, startPageServer } from './lab/endpoint.mjs';
import { at } from './lab/places.mjs';
import { packageFolder } from './lab/site.mjs';
import { expect, test } from './lab/test.mjs';

const endpointInReadme = 'ws://localhost:7400';

function tenLines() {
  const [, html] = /```html\n([\s\S]*?)```/.exec(readFileSync(at('README.md'), 'utf8'));
  expect(html).toContain(endpointInReadme);
  return html;
}

/** An empty page with the lines pasted in. The import map stands for the reader's bundler. */
const pageWith = (lines) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Empty</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "partyline": "/package/index.js" } }</script>
</head>
<body>
${lines}
</body>
</html>
`;

const playing = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => ({
      advancing: video.currentTime > 0.3 && video.readyState >= 2,
      wide: video.videoWidth > 0,
      sound: video.srcObject.getAudioTracks().length === 1,
    })),
  );

test('make a call', async ({ network, enter }) => {
  const folder = join(network.folder, 'elsewhere');
  mkdirSync(folder, { recursive: true });
  cpSync(packageFolder(), join(folder, 'package'), { recursive: true });

  // The port of the README where it is free, else another one and the lines with that.
  const own = await startEndpoint(network, { port: network.isolated ? 7400 : 0 });
  writeFileSync(
    join(folder, 'index.html'),
    pageWith(tenLines().replace(endpointInReadme, `ws://localhost:${own.port}`)),
  );
  const elsewhere = await startPageServer(network, folder);

  const pages = [];
  for (const name of ['first', 'second']) {
    const { page } = await enter(name, { url: elsewhere.url, line: false });
    pages.push(page);
  }
  for (const page of pages) {
    await expect.poll(() => playing(page)).toEqual([{ advancing: true, wide: true, sound: true }]);
  }
  await elsewhere.stop();
  await own.stop();
});
