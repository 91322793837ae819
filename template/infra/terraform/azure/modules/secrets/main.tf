# The vault; its secrets are put in by a person and never enter Terraform's state.
variable "name" {
  description = "Name of the product and environment."
  type        = string
}

variable "resource_group" {
  description = "The resource group."
  type        = string
}

variable "location" {
  description = "Where it lives."
  type        = string
}

variable "tenant_id" {
  description = "The Entra tenant."
  type        = string
}

variable "cluster_issuer" {
  description = "The cluster's OIDC issuer URL."
  type        = string
}

variable "namespace" {
  description = "The namespace whose service account secrets-reader reads the vault."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}

resource "azurerm_key_vault" "this" {
  name                       = trimsuffix(substr(var.name, 0, 24), "-")
  resource_group_name        = var.resource_group
  location                   = var.location
  tenant_id                  = var.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 30
  tags                       = var.tags
}

resource "azurerm_user_assigned_identity" "reader" {
  name                = "${var.name}-secrets"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "reader" {
  name                = "secrets-reader"
  resource_group_name = var.resource_group
  parent_id           = azurerm_user_assigned_identity.reader.id
  issuer              = var.cluster_issuer
  subject             = "system:serviceaccount:${var.namespace}:secrets-reader"
  audience            = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "read" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.reader.principal_id
}

output "reader_client_id" {
  description = "Who the External Secrets operator acts as."
  value       = azurerm_user_assigned_identity.reader.client_id
}

output "vault_url" {
  description = "Address of the vault."
  value       = azurerm_key_vault.this.vault_uri
}
