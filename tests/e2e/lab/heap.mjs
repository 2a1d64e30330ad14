// What is on the heap of a page in Chromium, after its garbage was collected.

/** `prototypes` are expressions by name. Returns how many objects inherit from each, and the bytes of each memory of WebAssembly. */
export async function countObjects(page, prototypes) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.enable');
  await devtools.send('HeapProfiler.collectGarbage');
  const inheriting = async (expression, ask) => {
    const { result } = await devtools.send('Runtime.evaluate', { expression });
    const { objects } = await devtools.send('Runtime.queryObjects', {
      prototypeObjectId: result.objectId,
    });
    const answer = await devtools.send('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: String(ask),
      returnByValue: true,
    });
    await devtools.send('Runtime.releaseObject', { objectId: objects.objectId });
    return answer.result.value;
  };
  const counts = {};
  for (const [name, expression] of Object.entries(prototypes)) {
    counts[name] = await inheriting(expression, function () {
      return this.length;
    });
  }
  const memories = await inheriting('WebAssembly.Memory.prototype', function () {
    return this.map(({ buffer }) => buffer.byteLength);
  });
  await devtools.detach();
  return { counts, memories };
}
