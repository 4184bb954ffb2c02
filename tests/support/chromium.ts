/** The browser of the tests, where it is installed: `CHROMIUM` names another place. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** It asks nobody for anything, also as root. */
export const CHROMIUM_FLAGS: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
