import { Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/conversation/uploads.js").Upload} Upload */
/** @typedef {import("../../model/conversation/uploads.js").Uploads} Uploads */

/** Codes of refusals that end once someone has made room. */
const NO_SPACE = ["storage_full", "quota_used"];

/** Uploads files, one at a time. Uses XMLHttpRequest because only that reports progress. */
export class FileUploader {
	#uploads;
	#request;
	/** @type {{key: string, request: XMLHttpRequest} | null} */
	#current = null;

	/** @param {Uploads} uploads @param {() => XMLHttpRequest} [request] */
	constructor(uploads, request = () => new XMLHttpRequest()) {
		this.#uploads = uploads;
		this.#request = request;
		uploads.on("change", () => this.#pump());
	}

	#pump() {
		const current = this.#current;
		if (current && !this.#uploads.has(current.key)) {
			// The user cancelled it.
			this.#current = null;
			current.request.abort();
		}
		const next = this.#current ? null : this.#uploads.next;
		if (next) this.#start(next);
	}

	/** @param {Upload} upload */
	#start({ key, conversation, name, type, blob }) {
		const request = this.#request();
		this.#current = { key, request };
		const parameters = new URLSearchParams({ conversation, name });
		request.open("POST", `/api/files?${parameters}`);
		request.setRequestHeader("Content-Type", type || "application/octet-stream");
		request.responseType = "json";
		request.upload.onprogress = ({ loaded, total }) =>
			this.#uploads.update(key, { progress: total ? loaded / total : 0 });
		request.onload = () => this.#ended(key, () => this.#answered(key, request));
		request.onerror = () => this.#ended(key, () => this.#failed(key, Refusal.offline()));
		request.send(blob);
		this.#uploads.update(key, { state: "going", progress: 0 });
	}

	/** @param {string} key @param {() => void} handle */
	#ended(key, handle) {
		if (this.#current?.key !== key) return;
		this.#current = null;
		handle();
	}

	/** @param {string} key @param {XMLHttpRequest} request */
	#answered(key, { status, response }) {
		if (status === 201 && response?.file) return this.#uploads.markStored(key, response.file);
		const error = response?.error;
		this.#failed(key, error?.code ? new Refusal(error) : Refusal.offline());
	}

	/** @param {string} key @param {Refusal} refusal */
	#failed(key, { code, message, passing }) {
		const canRetry = passing || NO_SPACE.includes(code);
		this.#uploads.update(key, { state: canRetry ? "failed" : "refused", reason: { code, message } });
	}
}
