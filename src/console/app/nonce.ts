/** The nonce that styles of this page carry: the policy of the page lets no others in. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** For packages that make styles and ask nobody: they look here, as bundlers have it. */
export function shareNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
}
