using Anneal.Worker;

Confinement.Apply();
return Verbs.Run(args);
