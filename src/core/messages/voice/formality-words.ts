/**
 * By which words Spanish shows whether somebody is spoken to as `tú` or as `usted`. Each sign holds what cannot well be
 * meant otherwise; what stands in `not` ends like a verb and is none, or may be another person's.
 */

export interface Sign {
  /** Global; what it matches is what is told. */
  readonly pattern: RegExp;
  /** In lower case. */
  readonly not?: ReadonlySet<string>;
}

const words = (text: string): string[] => text.trim().split(/\s+/);
const oneOf = (text: string): string => `(?:${words(text).join('|')})`;
const NOT_WITHIN = '(?<![\\p{L}\\p{N}])';
const ENDS = '(?![\\p{L}\\p{N}])';
const STARTS_CLAUSE = '(?<=^[\\s"“«¡¿(]*|[.!?…:;,]["”»)]*[\\s"“«¡¿(]+)';

function sign(pattern: string, not?: string): Sign {
  const whole = { pattern: new RegExp(`${NOT_WITHIN}(?:${pattern})${ENDS}`, 'giu') };
  return not === undefined ? whole : { ...whole, not: new Set(words(not)) };
}

/** Words that are a request at the beginning of a clause alone. */
function request(pattern: string): Sign {
  return { pattern: new RegExp(`${STARTS_CLAUSE}(?:${pattern})${ENDS}`, 'gimu') };
}

export const TU: readonly Sign[] = [
  sign('tú|ti|contigo|tus?|tuy[oa]s?|te'),
  sign(
    oneOf(`
      eres estás tienes puedes quieres sabes necesitas has vas haces dices ves debes prefieres buscas deseas recibes
      conoces sigues encuentras piensas crees vienes eliges escribes respondes decides entras sientes
      seas estés tengas puedas quieras vayas hagas digas veas hayas pierdas olvides dudes prefieras necesites recibas
      conozcas sigas encuentres vengas elijas esperes dejes
      fuiste diste eras ibas veías serías verías irías
    `),
  ),
  // The past: compraste, recibiste.
  sign(
    '\\p{L}{2,}[ai]ste',
    `contraste desgaste chiste triste existe coexiste preexiste consiste insiste resiste asiste desiste persiste
     subsiste viste reviste embiste desviste quiste despiste baste gaste traste engaste abaste alpiste aplaste empaste`,
  ),
  // What was: buscabas, querías, tenías; what would be: podrías, recomendarías.
  sign('\\p{L}{2,}abas', 'guayabas sílabas trabas aldabas almadrabas'),
  sign('(?:quer|ten|pod|deb|sab|hac|dec|pens|cre|sent|ped|prefer|conoc|recib|viv|sal|ven)ías'),
  sign(
    '\\p{L}{1,}(?:dr|br|rr)ías|\\p{L}{2,}[aei]rías',
    `librerías panaderías categorías mayorías averías loterías peluquerías baterías galerías cafeterías auditorías
     asesorías secretarías notarías comisarías vicarías zapaterías joyerías papelerías perfumerías ferreterías
     carnicerías pescaderías fruterías pastelerías heladerías pizzerías droguerías relojerías mercerías lavanderías
     tintorerías lencerías jugueterías floristerías cervecerías bisuterías ingenierías consejerías tesorerías
     guarderías estanterías mensajerías refinerías chucherías tonterías porquerías sombrías`,
  ),
  // What will be: verás, podrás, recibirás.
  sign('\\p{L}{1,}(?:[aei]r|dr|br|rr)ás', 'atrás detrás jamás quizás'),
  // To do to you: ayudarte, escribiéndote.
  sign(
    '\\p{L}+[aeiáéí]rte(?:l[oa]s?)?',
    `arte parte aparte comparte reparte imparte marte baluarte estandarte encarte descarte fuerte suerte muerte inerte
     invierte convierte divierte advierte vierte pervierte revierte subvierte alerte acierte despierte oferte inserte
     concierte departe`,
  ),
  sign('\\p{L}+(?:á|ié|yé)ndote(?:l[oa]s?)?'),
  // Requests with what they are about behind them: quédate, suscríbete, cuéntanos, escríbelo.
  sign('\\p{L}*[áéíóú]\\p{L}{1,8}[ae]te(?:l[oa]s?)?'),
  sign(
    oneOf(`
      cuéntanos escríbenos llámanos avísanos envíanos mándanos dinos visítanos síguenos respóndenos contáctanos ayúdanos
      acompáñanos recomiéndanos déjanos cuéntanoslo dínoslo envíanoslo escríbelo cuéntalo pruébalo míralo cámbialo
      descúbrelo descúbrela llévatelo llévatela guárdalo guárdala ábrelo léelo elígelo pruébala cuéntame dime hazlo ponlo
      pídelo cómpralo búscalo úsalo descárgalo compártelo
    `),
  ),
  request(oneOf('descubre elige aprovecha mira haz ven disfruta echa pide apunta comparte')),
  request(
    `${oneOf('visita descarga prueba compra cambia')}(?=\\s+${oneOf('el la los las tu tus nuestro nuestra')}\\s)`,
  ),
  request(`${oneOf('responde contesta escribe pulsa')}(?=\\s+${oneOf('a al en con antes y')}\\s)`),
];

/** What belongs to whoever reads; other things may well be somebody else's. */
const THEIRS = oneOf(`
  pedidos? carritos? cuentas? compras? opinión opiniones suscripción confianza interés respuestas? direcciones? dirección
  correo contraseña talla teléfono cumpleaños favoritos factura membresía solicitud reserva devolución
  consulta próximo próxima último última
`);

export const USTED: readonly Sign[] = [
  sign('usted'),
  sign(`sus? ${THEIRS}`),
  // Who writes says it to whoever reads: le escribimos, se lo explicamos.
  sign('(?:le|se l[oa]s?) \\p{L}+(?:mos|ré)'),
  sign(
    `${oneOf('ayudar atender orientar saludar molestar informar avisar escribir contar contarle enviar ofrecer recordar agradecer servir felicitar invitar explicar acompañar conocer')}le`,
  ),
  sign(`si (?:${oneOf('lo la aún ya no así')} )*${oneOf('desea prefiere quiere necesita')}`),
  // Requests with what they are about behind them: quédese, regístrese, cuéntenos, escríbalo.
  sign('\\p{L}*[áéíóú]\\p{L}{1,8}[ae]se(?:l[oa]s?)?'),
  sign(
    oneOf(`
      cuéntenos escríbanos llámenos avísenos envíenos mándenos díganos visítenos síganos respóndanos contáctenos ayúdenos
      acompáñenos recomiéndenos déjenos cuéntenoslo díganoslo envíenoslo escríbalo cuéntelo pruébelo mírelo cámbielo
      descúbralo descúbrala lléveselo llévesela guárdelo guárdela ábralo léalo elíjalo pruébela cuénteme dígame hágalo
      póngalo pídalo cómprelo búsquelo úselo descárguelo compártalo
    `),
  ),
  request(
    oneOf(`
      responda conteste escriba elija descubra aproveche mire haga venga disfrute visite eche pida apunte descargue
      comparta pulse vuelva siga tenga vea lea conozca pruebe compre cambie
    `) +
      `(?=\\s+${oneOf('a al en con antes y el la los las un una este esta lo nuestro nuestra nuestros nuestras')}\\s)`,
  ),
  request(`no ${oneOf('olvide dude pierda espere deje')}`),
];
