import {launch} from './screen.mjs';
import {gridmap} from './server.mjs';

/** Does something with a service of a county and with a browser, and takes both down again, whatever happens. */
export async function measured(county, work) {
  const server = await gridmap(county);
  const cutShort = async () => {
    await server.stop();
    process.exit(1);
  };
  const signals = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.once(signal, cutShort);
  let browser;
  try {
    browser = await launch();
    return await work(server.url, browser);
  } finally {
    await browser?.close();
    await server.stop();
    for (const signal of signals) process.off(signal, cutShort);
  }
}
