/**
 * Files brought back after the count: of a finished archive only what follows the closed box goes to the room, which
 * has the rest. The room compares the whole with the record's hash, so a wrong cut is refused there, never believed.
 */
const field = document.querySelector<HTMLInputElement>("input[name=records]");
const size = Number(document.querySelector<HTMLElement>("[data-box-size]")?.dataset["boxSize"] ?? 0);

field?.addEventListener("change", () => {
  const files = [...(field.files ?? [])];
  if (!size || !files.some((file) => file.name.endsWith(".bel") && file.size > size)) return;
  const brought = new DataTransfer();
  for (const file of files) {
    const whole = file.name.endsWith(".bel") && file.size > size;
    brought.items.add(whole ? new File([file.slice(size)], `${file.name.slice(0, -4)}.end.bin`) : file);
  }
  field.files = brought.files;
});
