/** Reading a card's QR code by camera: the browser's BarcodeDetector where there is one, else the package `qr`. */
import { decodeQR } from "qr/decode.js";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

type Detectors = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const PERIOD = 180; // ms between two looks
const WIDTH = 640; // px of the picture that is searched

export class Camera {
  #stream: MediaStream | null = null;
  #timer = 0;
  #stopped = false;
  #seen = ""; // a code that stays in the frame is read once

  /** Show the camera in `video` and call `read` with every code seen. Raises where there is no camera. */
  async start(video: HTMLVideoElement, facing: "user" | "environment", read: (text: string) => void): Promise<void> {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: facing } });
    if (this.#stopped) return this.stop();
    video.srcObject = this.#stream;
    await video.play();
    const look = await finder();
    const again = async (): Promise<void> => {
      const text = video.readyState >= video.HAVE_CURRENT_DATA ? await look(video).catch(() => null) : null;
      if (this.#stopped) return;
      if (text && text !== this.#seen) read(text);
      if (text) this.#seen = text;
      this.#timer = window.setTimeout(() => void again(), PERIOD);
    };
    void again();
  }

  stop(): void {
    this.#stopped = true;
    window.clearTimeout(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }
}

async function finder(): Promise<(video: HTMLVideoElement) => Promise<string | null>> {
  const detectors = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;
  const formats = await detectors?.getSupportedFormats().catch((): string[] => []);
  if (detectors && formats?.includes("qr_code")) {
    const detector = new detectors({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const canvas = document.createElement("canvas");
  return async (video) => decodeQR(picture(canvas, video));
}

function picture(canvas: HTMLCanvasElement, video: HTMLVideoElement): ImageData {
  canvas.width = Math.min(WIDTH, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
