# node: a JavaScript program with buffers, worker threads and compression.
# needs: node
# on it: node
cat >program.js <<'JS'
const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');
const zlib = require('zlib'), crypto = require('crypto');
const random = seed => () => (seed = (seed * 1103515245 + 12345) % 2147483648);
function work(seed) {
    const next = random(seed), table = new Map();
    for (let n = 0; n < 100000; n++) table.set(next() % 5000, 'x'.repeat(next() % 50));
    const buffers = [];
    for (let n = 0; n < 500; n++) buffers.push(Buffer.alloc(next() % 100000, n));
    const all = Buffer.concat(buffers.filter((_, n) => n % 3));
    return [table.size, zlib.crc32 ? 0 : 0, crypto.createHash('sha256').update(all).digest('hex'), zlib.gunzipSync(zlib.gzipSync(all)).length];
}
if (isMainThread) {
    const results = [work(1)];
    let left = 4;
    for (let n = 0; n < 4; n++)
        new Worker(__filename, { workerData: n + 2 }).on('message', m => { results[n + 1] = m; if (--left === 0) console.log(JSON.stringify(results)); });
} else parentPort.postMessage(work(workerData));
JS
node program.js
