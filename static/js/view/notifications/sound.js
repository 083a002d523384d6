/** @typedef {import("../../model/session/notifications.js").Notifications} Notifications */

/** Messages that arrive within this time ring once. */
const PAUSE_MS = 2_000;
/** The tones of a small bell: frequency in Hz, initial gain, duration in seconds. @type {[number, number, number][]} */
const TONES = [
	[1318.5, 0.06, 0.9],
	[1975.5, 0.025, 0.6],
	[2637, 0.012, 0.35],
];

/** Rings softly when a message is of interest. The sound is synthesized; no file is loaded. */
export class Sound {
	/** @type {AudioContext | null} */
	#context = null;
	#lastRing = Number.NEGATIVE_INFINITY;

	/** @param {Notifications} notifications @param {EventTarget} page */
	constructor(notifications, page) {
		// Browsers allow sound only after the user has interacted with the page.
		const unlock = () => this.#unlock();
		for (const type of ["pointerdown", "keydown"]) page.addEventListener(type, unlock, { once: true, capture: true });
		notifications.on("alert", ({ sound }) => sound && this.#ring());
	}

	#unlock() {
		this.#context ??= new AudioContext();
		this.#context.resume().catch(() => {});
	}

	async #ring() {
		const context = this.#context;
		if (!context || performance.now() - this.#lastRing < PAUSE_MS) return;
		this.#lastRing = performance.now();
		// The browser may have suspended the context since.
		await context.resume().catch(() => {});
		for (const tone of TONES) strike(context, tone);
	}
}

/** @param {AudioContext} context @param {[number, number, number]} tone */
function strike(context, [frequency, gain, duration]) {
	const [tone, volume] = [context.createOscillator(), context.createGain()];
	const now = context.currentTime;
	tone.frequency.value = frequency;
	volume.gain.setValueAtTime(0.0001, now);
	volume.gain.exponentialRampToValueAtTime(gain, now + 0.012);
	volume.gain.exponentialRampToValueAtTime(0.0001, now + duration);
	tone.connect(volume).connect(context.destination);
	tone.start(now);
	tone.stop(now + duration);
}
