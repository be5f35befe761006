/** Registering this tablet with the room: once, by the technician, with a code. */
import type { App } from "../app.ts";
import { Device, keepDevice, newKeys } from "../device.ts";
import { button, h, p } from "../dom.ts";
import { enrol as register } from "../room.ts";
import { ENROLMENT_CODE_LENGTH, LABEL_LIMIT } from "../shared.ts";
import type { View } from "./view.ts";

export function enrol(app: App): View {
  const { say } = app;
  if (!globalThis.isSecureContext) return { title: say("enrol.title"), body: [p(say("enrol.insecure"))] };
  const field = (id: string, label: string, maxLength: number): [HTMLElement, HTMLInputElement] => {
    const input = h("input", { id, type: "text", autocomplete: "off", spellcheck: false, maxLength, "data-key": id });
    return [h("div.field", {}, h("label", { for: id }, label), input), input];
  };
  const [codeField, code] = field("enrol-code", say("enrol.code"), 2 * ENROLMENT_CODE_LENGTH);
  const [nameField, name] = field("enrol-name", say("enrol.name"), LABEL_LIMIT);
  const send = button(say("enrol.send"), () => void act(), "primary");
  const act = async (): Promise<void> => {
    if (code.value.trim() === "") return code.focus();
    send.disabled = true;
    try {
      const { keys, publicKey } = await newKeys();
      const id = await register(code.value.trim(), publicKey, name.value.trim().normalize("NFC"));
      if (id === null) return app.remark({ word: "enrol.refused" });
      app.device = new Device(id, keys);
      await keepDevice(app.device);
      app.leave();
    } catch {
      app.remark({ word: "enrol.offline" });
    } finally {
      send.disabled = false;
    }
  };
  const body = [p(say("enrol.text")), codeField, nameField];
  return { title: say("enrol.title"), body, foot: [send], focus: code };
}
