/** First and last names to be drawn from separately, so that nobody here is anybody. */

export interface NamePool {
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** The share of people who write two last names. */
  readonly two_last_names: number;
}

const words = (text: string): readonly string[] => text.trim().split(/\s*,\s*/);

export const SPANISH: NamePool = {
  first: words(`Lucía, Hugo, Paula, Álvaro, Alba, Iker, Carmen, Sergio, Marta, Javier, Rocío, Pablo, Aitana,
    Jorge, Irene, Rubén, Itziar, Adrián, Leire, Óscar, Nerea, Íñigo, Begoña, Martí, Núria, Xoán, Yasmín,
    Ousmane, Andreea, Noelia, Gonzalo, Inés, Mateo, Amparo, Joaquín, Wei`),
  last: words(`García, Molina, Ortega, Serrano, Ibáñez, Peña, Navarro, Etxeberria, Vidal, Ferrer, Castaño,
    Núñez, Sanz, Gallego, Marín, Cabrera, Lozano, Domínguez, Arrieta, Puig, Soler, Rey, Benítez, Iglesias,
    El Amrani, Diop, Popescu, Chen, Crespo, Santana`),
  two_last_names: 0.55,
};

export const MEXICAN: NamePool = {
  first: words(`Ximena, Emiliano, Guadalupe, Rodrigo, Fernanda, Santiago, Regina, Leonardo, Citlali, Óscar,
    Mariana, Héctor, Valeria, Iván, Renata, Ángel, Itzel, Ulises, Daniela, Gerardo, Alondra, Efraín, Jimena,
    Tonatiuh, Paola, Raúl, Xóchitl, Arturo, Monserrat, Bruno`),
  last: words(`Hernández, Ramírez, Castillo, Velázquez, Zúñiga, Ríos, Mendoza, Salinas, Cervantes, Aguilar,
    Maldonado, Orozco, Tovar, Villanueva, Cárdenas, Escamilla, Xicoténcatl, Garza, Treviño, Bautista, Nava,
    Palacios, Quiroz, Montes, Ku, Canul`),
  two_last_names: 0.6,
};

export const COLOMBIAN: NamePool = {
  first:
    words(`Valentina, Camilo, Juliana, Andrés, Manuela, Felipe, Natalia, Esteban, Luisa, Mauricio, Yuliana,
    Duván, Catalina, Jhon, Paola, Nicolás`),
  last: words(`Restrepo, Rojas, Quintero, Londoño, Cárdenas, Mosquera, Arango, Bermúdez, Ospina, Palacio, Lozano,
    Gaviria, Murillo, Zapata, Hinestroza, Vélez`),
  two_last_names: 0.45,
};

export const BRITISH: NamePool = {
  first: words(`Imogen, Callum, Priya, Alistair, Beth, Owen, Zara, Rhys, Niamh, Tariq, Freya, Kwame, Saoirse,
    Jasper, Anjali, Ewan, Chloë, Tobias, Femi, Harriet`),
  last: words(`Hartley, Whitcombe, Patel, Okafor, Ashworth, Rahman, Pemberton, Kaur, MacAulay, Bhatt, Adeyemi,
    Llewellyn, Thornley, Ogilvie, Fairclough, Mensah, O’Rourke, Hussain`),
  two_last_names: 0,
};

export const AMERICAN: NamePool = {
  first: words(`Madison, Tyrell, Kaitlyn, DeShawn, Brooke, Mateo, Hannah, Kenji, Alicia, Logan, Minh, Autumn,
    Darnell, Rosa, Skyler, Naveen, Tessa, Elijah`),
  last: words(`Delgado, Kowalski, Whitfield, Nguyen, Rosario, Beaumont, Castellanos, Park, Okonkwo, Lindgren,
    Abernathy, Tran, Goldfarb, Ruiz, Hollis, Yazzie`),
  two_last_names: 0,
};
