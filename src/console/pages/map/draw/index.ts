export { drawMap } from './draw-map.ts';
export { save, toPng } from './save.ts';
