/** Whether a host name or an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  // A socket that takes both families shows IPv4 addresses this way.
  const address = host.startsWith('::ffff:') ? host.slice('::ffff:'.length) : host;
  return address === 'localhost' || address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
