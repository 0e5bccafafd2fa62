import type { StoryStep } from "./story";

/** The formula behind each step of the story, as the engine computes it; formulas need no language. */
export const FORMULAS: Record<StoryStep, readonly string[]> = {
  distillation: ["L = α·CE(y, softmax(s)) + β·T²·KL(softmax(t/T) ‖ softmax(s/T))"],
  networks: ["θ_S(0) = θ_B(0)", "L_B = CE(y, softmax(b))"],
  distances: [
    "D_ij = ‖x_i − x_j‖",
    "P_ij = D_ij − Σ_l D_il/(n−2) − Σ_k D_kj/(n−2) + Σ D/((n−1)(n−2)),  P_ii = 0",
    "⟨P,Q⟩ = Σ_{i≠j} P_ij Q_ij / (n(n−3))",
  ],
  removal: ["P_{S|B} = P_S − ⟨P_S,P_B⟩/⟨P_B,P_B⟩ · P_B"],
  maps: ["J = R*(P_{S|B}, P_G)", "α_k = mean over h,w of ∂J/∂A_khw", "map = ReLU(Σ_k α_k · A_k)"],
  scores: ["R*(A,B) = ⟨P_A,P_B⟩ / √(⟨P_A,P_A⟩ ⟨P_B,P_B⟩)", "FSS* = R*(S,T)", "RS = R*(P_{S|B}, P_G)"],
};
