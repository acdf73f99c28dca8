/**
 * Starts to trace a browser; returns how to end it and learn when the frames in which pages made a performance mark
 * were on the screen.
 */
export async function traceFrames(browser) {
  const tools = await browser.newBrowserCDPSession();
  const events = [];
  tools.on('Tracing.dataCollected', ({value}) => events.push(...value));
  await tools.send('Tracing.start', {transferMode: 'ReportEvents', traceConfig: {includedCategories: ['blink.user_timing', 'benchmark']}});
  return {
    /** How long after each mark its frame was displayed, milliseconds by the mark's name. */
    end: async () => {
      const complete = new Promise((over) => tools.once('Tracing.tracingComplete', over));
      await tools.send('Tracing.end');
      await complete;
      await tools.detach();
      return displayed(events.sort((a, b) => a.ts - b.ts));
    },
  };
}

const stepOf = (event) => event.args?.chrome_graphics_pipeline?.step;

/** The way of a frame: the page commits it, the compositor activates, draws and submits it; from there on steps hand over by flow ids. */
function displayed(events) {
  const next = (from, pid, is) => events.slice(from).find((e) => e.pid === pid && e.ph !== 's' && e.ph !== 'f' && is(e));
  const at = new Map(events.map((e, i) => [e, i]));
  const flows = flowsOf(events);
  const after = new Map();
  for (const [i, mark] of events.entries()) {
    if (mark.ph !== 'I' || !mark.args?.data?.callTime) continue;
    let step = mark;
    for (const is of [
      (e) => e.name === 'ProxyMain::BeginMainFrame::commit',
      (e) => e.name === 'LayerTreeHostImpl::ActivateSyncTree',
      (e) => e.name === 'MainFrame.Draw',
      (e) => stepOf(e) === 'STEP_SUBMIT_COMPOSITOR_FRAME',
    ]) {
      step = step && next(step === mark ? i : at.get(step), mark.pid, is);
    }
    const shown = step && flows.follow(step);
    if (shown) after.set(mark.name, (shown.ts - mark.ts) / 1000);
  }
  return after;
}

/** Steps that hand over to others: both ends of a flow stand beside the step, at its moment. */
function flowsOf(events) {
  const key = (e) => `${e.pid} ${e.tid} ${e.ts}`;
  const [steps, from, to] = [new Map(), new Map(), new Map()];
  for (const e of events) {
    if (e.name !== 'Graphics.Pipeline') continue;
    if (e.ph === 'X') steps.set(key(e), e);
    if (e.ph === 's') from.set(key(e), [...(from.get(key(e)) ?? []), e.id]);
    if (e.ph === 'f') to.set(e.id, key(e));
  }
  /** The end of the way of a frame; undefined when another took its place before it was displayed. */
  const follow = (step) => {
    for (let here = step; here; ) {
      if (stepOf(here) === 'STEP_FINISH_BUFFER_SWAP') return here;
      const ids = from.get(key(here)) ?? [];
      here = ids.map((id) => steps.get(to.get(id))).find(Boolean);
    }
    return undefined;
  };
  return {follow};
}
