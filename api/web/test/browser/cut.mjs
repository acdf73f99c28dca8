import net from 'node:net';

/**
 * A wire to the service that can be cut: `cut` breaks every connection and takes no other, `freeze` leaves them open
 * and lets nothing through, as a dead switch does, and `mend` is as before.
 */
export async function wire(target) {
  const to = new URL(target);
  const sockets = new Set();
  let state = 'whole';
  const server = net.createServer((near) => {
    if (state === 'cut') return near.destroy();
    const far = net.connect(Number(to.port), to.hostname);
    const pair = [near, far];
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        for (const other of pair) other.destroy();
      });
    }
    const pass = (from, onto) => from.on('data', (bytes) => state === 'whole' && onto.write(bytes));
    pass(near, far);
    pass(far, near);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const drop = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      state = 'cut';
      drop();
    },
    freeze: () => (state = 'frozen'),
    mend: () => {
      if (state === 'frozen') drop(); // what was lost on the way does not come again
      state = 'whole';
    },
    close: () => {
      drop();
      return new Promise((closed) => server.close(closed));
    },
  };
}
