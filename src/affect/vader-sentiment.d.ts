// The part of vader-sentiment that ECS uses; the package ships no types.
declare module 'vader-sentiment' {
  const vader: {
    SentimentIntensityAnalyzer: {
      polarity_scores(text: string): { pos: number; neg: number; neu: number; compound: number };
    };
  };
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS, its one export is the default.
  export default vader;
}
