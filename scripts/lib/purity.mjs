// What must not stand in the source, by folder. Returns sentences, one for each find.
import { existsSync, readFileSync } from 'node:fs';
import { files } from './stale.mjs';
import { at, root } from './places.mjs';

// The core is told the time and given its randomness, does no I/O and starts no thread. What is heavy in wasm is out as well.
const headersNotInCore =
  /#\s*include\s*[<"](chrono|ctime|time\.h|sys\/time\.h|random|thread|stop_token|mutex|shared_mutex|condition_variable|future|atomic|semaphore|iostream|istream|ostream|sstream|fstream|iomanip|cstdio|stdio\.h|filesystem|format|regex|emscripten[^>"]*|boost\/[^>"]*|openssl\/[^>"]*)[>"]/g;
const namesNotInCore =
  /\b(steady_clock|system_clock|high_resolution_clock|random_device|mt19937(?:_64)?|std::s?rand|gettimeofday|clock_gettime|getenv|__EMSCRIPTEN__)\b/g;

// A content policy without 'unsafe-eval' has to do, and a bundler for browsers must find nothing of Node.
const notInGlue =
  /\beval\s*\(|\bnew Function\b|\bFunction\s*\(\s*["'`]|(?:from|import|require)\s*\(?\s*["'](?:node:[\w/]+|fs|path|url|module|crypto|worker_threads|util|os)["']/g;

// Nothing says on which machine this was written, or where a machine gets its packages. (The brackets keep these lines from
// finding themselves.)
const notAnywhere =
  /\/wor[k]\/|\/tmp\/brie[f]|\/roo[t]\/|https?:\/\/[\w.-]*(?:registr[y]|artifactor[y]|nexu[s]|mirro[r])[\w.-]*|deb\.debia[n]\.org|npmj[s]\.org/g;

const withoutComments = (text) =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));

function* finds(path, text, pattern, why) {
  for (const match of text.matchAll(pattern)) {
    const line = text.slice(0, match.index).split('\n').length;
    yield `${path.replace(`${root}/`, '')}:${line}: ${match[0].trim()}: ${why}`;
  }
}

const isText = (path) => !/\.(png|ico|woff2?|wasm|webp|jpe?g|gz|br)$/.test(path);

/** Looks through the files that git tracks (`tracked`), and through the built package where there is one. */
export function purity(tracked) {
  const found = [];
  for (const path of tracked.filter((name) => isText(name) && existsSync(name))) {
    const text = readFileSync(path, 'utf8');
    found.push(...finds(path, text, notAnywhere, 'speaks of a machine, not of the project'));
    if (!path.startsWith(at('core'))) continue;
    const code = withoutComments(text);
    found.push(
      ...finds(
        path,
        code,
        headersNotInCore,
        'core/ does no I/O and has no clock, randomness or thread',
      ),
    );
    found.push(
      ...finds(
        path,
        code,
        namesNotInCore,
        'core/ does no I/O and has no clock, randomness or thread',
      ),
    );
  }
  for (const { path } of files([at('js', 'dist')])) {
    if (!/\.m?js$/.test(path)) continue;
    const why = 'the package runs under a strict content policy, in any browser';
    found.push(...finds(path, readFileSync(path, 'utf8'), notInGlue, why));
  }
  return found;
}
