/** Message ids: UUIDv7 (RFC 9562). The client generates them, so that a retry has the same id. */

const TIME_BYTES = 6;

/**
 * @param {number} now milliseconds since 1970
 * @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>} fill with random bytes
 * @returns {string}
 */
export function uuid7(now = Date.now(), fill = (bytes) => crypto.getRandomValues(bytes)) {
	const bytes = fill(new Uint8Array(16));
	let rest = now;
	for (let index = TIME_BYTES - 1; index >= 0; index -= 1) {
		bytes[index] = rest % 256;
		rest = Math.floor(rest / 256);
	}
	bytes[6] = (Number(bytes[6]) & 0x0f) | 0x70;
	bytes[8] = (Number(bytes[8]) & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
