// What is written twice, in C++ and in TypeScript, is the same; and what the bundle must not contain is not in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './fake/sources.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const header = (name) => read(`core/include/partyline/${name}.h`);

test('the error codes, and which are retryable, are those of the core', async () => {
  const { retryable } = await load('errors');
  const [, lasting] = /type Lasting =([^;]+);/.exec(read('js/src/errors.ts'));
  const errorCodes = Object.fromEntries([
    ...retryable.map((code) => [code, true]),
    ...[...lasting.matchAll(/'(\w+)'/g)].map(([, code]) => [code, false]),
  ]);
  const list = header('error_codes').matchAll(/^\s+X\((\w+), \d+, (true|false)\)/gm);
  const core = Object.fromEntries(
    [...list].map(([, name, retryable]) => [name, retryable === 'true']),
  );
  assert.ok(Object.keys(core).length > 30);
  assert.deepEqual(errorCodes, core);
});

test('limits are those of the core', async () => {
  const { frameBytesMax, subprotocol } = await load('sockets');
  assert.match(header('limits'), new RegExp(`kSubprotocol = "${subprotocol}"`));
  assert.match(
    header('limits'),
    new RegExp(`kHubFrameBytesMax = ${frameBytesMax / 2 ** 20} \\* 1024 \\* 1024`),
  );
});

/** Struct → its members, whether each is optional. */
function structsOf(text, namespace) {
  const body = text.slice(
    text.indexOf(`namespace ${namespace} {`),
    text.indexOf(`}  // namespace ${namespace}`),
  );
  const structs = {};
  for (const [, name, members] of body.matchAll(/^struct (\w+) \{\n([\s\S]*?)^\};/gm)) {
    structs[name] = {};
    const fields = members.matchAll(/^ {2}(?!friend|enum|\/\/)(\S.*?) (\w+)(?: = [^;]+)?;/gm);
    for (const [, type, member] of fields)
      structs[name][member] = type.startsWith('std::optional<');
  }
  return structs;
}

/** The same of a union of object types in wire.ts. */
function typesOf(text, union) {
  const from = text.indexOf(`export type ${union} =`);
  const body = text.slice(from, text.indexOf(';\n\n', from));
  const types = {};
  for (const [, name, members] of body.matchAll(
    /\{\s*type: '(\w+)';?([\s\S]*?)\}(?=\s*(?:\||$))/g,
  )) {
    types[name] = {};
    for (const [, member, optional] of members.matchAll(/(\w+)(\??):/g))
      types[name][member] = optional === '?';
  }
  return types;
}

for (const [union, file, namespace] of [
  ['Input', 'client_input', 'input'],
  ['Output', 'client_output', 'output'],
]) {
  test(`the TypeScript ${union} has the members that the C++ structs have`, () => {
    const cpp = structsOf(header(file), namespace);
    assert.ok(Object.keys(cpp).length > 25);
    assert.deepEqual(typesOf(read('js/src/wire.ts'), union), cpp);
  });
}

const companionStructs = (file, namespace) => ({
  ...structsOf(header(file), namespace),
  ...structsOf(header('companion_media'), namespace),
});

for (const [unions, file, namespace] of [
  [['CompanionWish'], 'companion_input', 'input'],
  [['CompanionNews', 'CompanionOrder'], 'companion_output', 'output'],
]) {
  test(`the TypeScript ${unions.join(' and ')} has the members that the C++ structs have`, () => {
    const cpp = companionStructs(file, namespace);
    assert.ok(Object.keys(cpp).length > 0);
    const types = unions.map((union) => typesOf(read('js/src/companion-wire.ts'), union));
    assert.deepEqual(Object.assign({}, ...types), cpp);
  });
}

test('what the companion takes and gives besides is what the C++ lists say', async () => {
  const listed = (file, name) => {
    const [, list] = new RegExp(`using ${name} =\\s*std::variant<([^;]*)>;`).exec(header(file));
    return [...list.matchAll(/(input|output)::(\w+)/g)].map(([, where, type]) => ({ where, type }));
  };
  const names = (from, where) =>
    from.filter((each) => each.where === where).map(({ type }) => type);
  const own = (file, namespace) => Object.keys(companionStructs(file, namespace));
  const source = read('js/src/companion-wire.ts');
  const array = (name) =>
    [...new RegExp(`const ${name} = \\[([^\\]]*)\\]`).exec(source)[1].matchAll(/'(\w+)'/g)].map(
      ([, type]) => type,
    );
  const input = listed('companion_input', 'CompanionInput');
  const output = listed('companion_output', 'CompanionOutput');
  const wishes = [...own('companion_input', 'input'), 'Wakeup'];
  assert.deepEqual(array('told').sort(), names(input, 'output').sort());
  assert.deepEqual(
    array('heard').sort(),
    names(input, 'input')
      .filter((type) => !wishes.includes(type))
      .sort(),
  );
  assert.deepEqual(array('orders').sort(), names(output, 'input').sort());
});

for (const [file, imports] of [
  ['index.js', ['./companion.js']],
  ['companion.js', []],
]) {
  test(`${file} evaluates no text, loads nothing of Node and fetches nothing`, () => {
    const bundle = read(`js/dist/${file}`);
    const has = (pattern) => assert.ok(!pattern.test(bundle), String(pattern));
    has(/\beval\(|new Function|\bFunction\(/);
    has(/\brequire\(|^import |["']node:/m);
    has(/\bfetch\(|XMLHttpRequest|import\.meta/);
    const found = [...bundle.matchAll(/\bimport\("([^"]*)"\)|\bimport\(/g)];
    assert.deepEqual(
      found.map(([, name]) => name),
      imports,
    );
  });
}

test('codecs: one of each, in the order of the browser', async () => {
  const { chooseCodecs } = await load('codecs');
  assert.deepEqual(chooseCodecs(null), []);
  const fmtp = (mimeType, sdpFmtpLine) => ({ mimeType, ...(sdpFmtpLine && { sdpFmtpLine }) });
  const codecs = [
    fmtp('video/VP8'),
    fmtp('video/rtx'),
    fmtp('video/VP9', 'profile-id=0'),
    fmtp('video/VP9', 'profile-id=2'),
    fmtp('video/H264', 'packetization-mode=0;profile-level-id=42e01f'),
    fmtp('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'),
    fmtp('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640032'),
    fmtp('video/AV1', 'level-idx=5;profile=1;tier=0'),
    fmtp('video/AV1', 'level-idx=5;profile=0;tier=0'),
    fmtp('video/red'),
    fmtp('video/ulpfec'),
    fmtp('video/flexfec-03'),
  ];
  assert.deepEqual(
    chooseCodecs({ codecs }),
    [0, 1, 2, 5, 8].map((index) => codecs[index]),
  );
  const audio = ['audio/opus', 'audio/red', 'audio/PCMU', 'audio/telephone-event'].map((each) =>
    fmtp(each),
  );
  assert.deepEqual(chooseCodecs({ codecs: audio }), [audio[0]]);
});
