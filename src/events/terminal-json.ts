/** Characters that control a terminal and that JSON may contain unescaped (RFC 8259, 7). */
const steering = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Returns equivalent JSON that is safe to print on a terminal: control characters are escaped. */
export function terminalJson(json: string): string {
  return json.replaceAll(steering, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
