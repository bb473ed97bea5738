/**
 * The proxy as lab.ts sees it: a thread of its own through which every message of a run passes, on which network faults
 * live, and whose feed to the recorder is the one ordered stream of all that happens.
 *
 * What the proxy records by itself: every frame, what became of it, every tap record, rejections at its ports, and the
 * actions `arm`, `lift`, `release` (one event a message) and `timeScale` at the very place where they took effect. All
 * other events (node changes, output, other actions) are handed to `event`, which keeps their order.
 */
export type { ProxyPorts, ProxySettings } from './settings.ts'
export { type ProxyListeners, type ProxyThread, type StartProxyOptions, startProxy, startProxyThread } from './thread.ts'
