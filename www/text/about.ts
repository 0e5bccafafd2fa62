/** "What am I looking at?" in four short answers. */
export const ABOUT = {
  title: "What am I looking at?",
  answers: [
    {
      term: "Distillation",
      text: "A big Teacher passes its answers, softened, to a small Student. The Student learns not only which class is right but also what the Teacher found similar.",
    },
    {
      term: "Distilled and residual features",
      text: "To see what that changed, a Base with the Student's build learns without the Teacher. Distances between pictures describe what each network has learned; removing the Base's distances from the Student's leaves the distilled features, the other way round leaves the residual ones.",
    },
    {
      term: "UniCAM",
      text: "Asks which places of a picture these remaining features come from, and paints them: gradients of the remaining distances weigh the layer's channels, and their weighted sum is the map.",
    },
    {
      term: "FSS and RS",
      text: "FSS compares how two networks arrange the same pictures. RS tells how well an arrangement follows the classes. With both one can say how much was taken over and whether it helps.",
    },
  ],
  diagram: {
    label:
      "Diagram: the Teacher guides the Student; Student and Base differ only in that guidance. Student without Base gives distilled features, Base without Student residual ones.",
    guidance: "softened answers",
    same: ["same start", "same pictures and steps"],
  },
  citationLead: "The method is from",
  citation:
    "Gereziher Adhane, Mohammad Mahdi Dehshibi, Dennis Vetter, David Masip, Gemma Roig: On Explaining Knowledge Distillation: Measuring and Visualising the Knowledge Transfer Process. WACV 2025.",
  citationLink: { text: "arXiv 2412.13943", href: "https://arxiv.org/abs/2412.13943" },
  disclaimer: "This page is an independent implementation; where the paper leaves room, its choices are its own.",
} as const;
