import { texts } from "./i18n";

/** "What am I looking at?" in four short answers, and whose method it is. */
export const ABOUT = texts("about");

/** The answers, in order. */
export const ABOUT_ANSWERS = ["distillation", "features", "unicam", "scores"] as const;

/** The paper, which is called the same in every language. */
export const CITATION = {
  text: "Gereziher Adhane, Mohammad Mahdi Dehshibi, Dennis Vetter, David Masip, Gemma Roig: On Explaining Knowledge Distillation: Measuring and Visualising the Knowledge Transfer Process. WACV 2025.",
  link: { text: "arXiv 2412.13943", href: "https://arxiv.org/abs/2412.13943" },
} as const;
