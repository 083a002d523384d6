import { Refusal } from "../../model/base/refusal.js";
import { refusalFrom } from "./http.js";

/** After this time without progress the upload counts as failed. */
const TIMEOUT_MS = 30_000;

/**
 * Upload a file and report the progress, which `fetch` cannot do.
 * @param {string} method
 * @param {string} url
 * @param {Blob} file its type becomes the content type
 * @param {(part: number) => void} progress from 0 to 1
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the parsed JSON of the answer; rejected with a Refusal
 */
export function upload(method, url, file, progress, signal) {
	const request = new XMLHttpRequest();
	request.open(method, url);
	request.responseType = "json";
	request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
	return new Promise((resolve, reject) => {
		const abort = () => request.abort();
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		let timer;
		const restartTimer = () => {
			clearTimeout(timer);
			timer = setTimeout(abort, TIMEOUT_MS);
		};
		restartTimer();
		signal?.addEventListener("abort", abort, { once: true });
		request.upload.onprogress = ({ loaded, total }) => {
			restartTimer();
			progress(loaded / total);
		};
		request.onloadend = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", abort);
			const { status, response } = request;
			if (status >= 200 && status < 300) resolve(response);
			else reject(status === 0 ? Refusal.offline() : refusalFrom(status, response));
		};
		request.send(file);
	});
}
