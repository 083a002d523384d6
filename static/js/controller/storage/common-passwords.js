/** @typedef {import("../../model/session/password-rules.js").PasswordRules} PasswordRules */

/** @returns {Promise<string>} */
async function fetchCommonPasswords() {
	const response = await fetch(new URL("../../../passwords/common.txt", import.meta.url));
	if (!response.ok) throw new Error(`HTTP ${response.status}`);
	return response.text();
}

/** Loads the list of common passwords when it is needed. Without it, the server still refuses them. */
export class CommonPasswords {
	#rules;
	#load;
	#isLoading = false;

	/** @param {PasswordRules} rules @param {() => Promise<string>} [load] */
	constructor(rules, load = fetchCommonPasswords) {
		this.#rules = rules;
		this.#load = load;
		rules.on("needed", () => this.#fill());
	}

	async #fill() {
		if (this.#isLoading) return;
		this.#isLoading = true;
		try {
			this.#rules.fill((await this.#load()).trim().split("\n"));
		} catch (error) {
			console.warn("The list of common passwords is missing.", error);
		} finally {
			this.#isLoading = false;
		}
	}
}
