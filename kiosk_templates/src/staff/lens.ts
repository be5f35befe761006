/** The camera of a page for phones: a button starts it, a code that was read stops it. */
import { Camera } from "../camera.ts";

/** Let `button` start the camera in `video` and hand every code to `read`, which tells whether it was the right kind. */
export function scanWith(button: HTMLElement, video: HTMLVideoElement, read: (text: string) => boolean): void {
  if (!navigator.mediaDevices) return button.remove();
  let camera: Camera | null = null;
  const stop = (): void => {
    camera?.stop();
    [camera, video.hidden] = [null, true];
  };
  button.addEventListener("click", () => {
    if (camera !== null) return stop();
    camera = new Camera();
    video.hidden = false;
    camera.start(video, "environment", (text) => read(text) && stop()).catch(() => {
      stop();
      button.remove();
    });
  });
}
